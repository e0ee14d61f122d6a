"""What must be true of the containers, read from the files themselves."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.compose_secrets import secret_files, write_environment
from deploy.errors import StartError

ROOT = Path(__file__).resolve().parents[2]
JOBS = {"migrate-users", "migrate-tasks", "migrate-notifications", "administrator"}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


class TestTopology:
    def test_every_process_of_the_stack_is_there(self) -> None:
        apis = {"users", "tasks", "notifications"}
        stores = {f"postgres-{name}" for name in apis} | {"rabbitmq"}
        assert set(SERVICES) == {"gateway"} | apis | {f"{name}-worker" for name in apis} | stores | JOBS

    def test_only_the_gateway_publishes_a_port(self) -> None:
        assert [name for name, service in SERVICES.items() if service.get("ports")] == ["gateway"]
        assert COMPOSE["networks"]["inside"]["internal"] is True

    def test_who_calls_others_gets_out(self) -> None:
        callers = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
        assert callers == {"gateway", "users", "users-worker", "notifications-worker"}

    def test_the_start_is_gated_by_health_and_finished_jobs(self) -> None:
        for service in ("users", "tasks", "notifications"):
            assert SERVICES["gateway"]["depends_on"][service]["condition"] == "service_healthy"
            for process in (service, f"{service}-worker"):
                waits = SERVICES[process]["depends_on"][f"migrate-{service}"]
                assert waits["condition"] == "service_completed_successfully"
            waits = SERVICES[f"migrate-{service}"]["depends_on"][f"postgres-{service}"]
            assert waits["condition"] == "service_healthy"

    def test_the_gateway_reads_the_files_and_writes_none(self) -> None:
        users = {name: service["volumes"] for name, service in SERVICES.items() if "volumes" in service}
        having = {name: volumes for name, volumes in users.items() if any("attachments:" in v for v in volumes)}
        assert having == {
            "gateway": ["attachments:/srv/attachments:ro"],
            "tasks": ["attachments:/srv/attachments"],
            "tasks-worker": ["attachments:/srv/attachments"],
        }
        assert SERVICES["tasks"]["environment"]["ATTACHMENTS_URL"] == "file:///srv/attachments"
        assert "-o 10001 -g 10001 /srv/attachments" in (ROOT / "deploy" / "Dockerfile").read_text()

    def test_an_api_does_not_wait_for_the_broker(self) -> None:
        assert all("rabbitmq" not in SERVICES[name]["depends_on"] for name in ("users", "tasks", "notifications"))


@pytest.mark.parametrize("name", sorted(SERVICES))
class TestEveryContainer:
    def test_it_is_confined(self, name: str) -> None:
        service = SERVICES[name]
        assert service["user"].split(":")[0] not in ("0", "root")
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}

    def test_it_has_a_health_check(self, name: str) -> None:
        check = SERVICES[name]["healthcheck"]
        assert check == {"disable": True} if name in JOBS else check["test"]

    def test_its_image_is_pinned(self, name: str) -> None:
        tag = SERVICES[name]["image"].rpartition(":")[2]
        assert tag != "latest"
        assert "build" in SERVICES[name] or re.match(r"\d", tag)

    def test_its_secrets_are_files(self, name: str) -> None:
        for variable, value in SERVICES[name].get("environment", {}).items():
            assert not re.search("PASSWORD|SECRET|SIGNING|DATABASE_URL|AMQP_URL", variable) or variable.endswith(
                "_FILE"
            )
            assert "://" not in str(value) or "@" not in str(value)
        for secret in SERVICES[name].get("secrets", []):
            assert (secret if isinstance(secret, str) else secret["source"]) in COMPOSE["secrets"]


class TestSecrets:
    def test_none_has_a_default(self) -> None:
        for secret in COMPOSE["secrets"].values():
            assert secret["file"].startswith("${SECRETS:?")

    def test_mail_leaves_from_the_workers_alone(self) -> None:
        told = {name for name, service in SERVICES.items() if "SMTP_HOST" in service.get("environment", {})}
        assert told == {"users-worker", "notifications-worker"}
        assert all("outside" in SERVICES[name]["networks"] for name in told)

    def test_who_calls_addresses_elsewhere_can(self) -> None:
        """Besides mail: sign-in providers (users), webhooks (the notifications worker)."""
        reaching = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
        assert reaching == {"gateway", "users", "users-worker", "notifications-worker"}

    def test_every_file_that_compose_mounts_is_written(self) -> None:
        assert set(secret_files()) == set(COMPOSE["secrets"])

    def test_they_are_private_random_and_never_overwritten(self, tmp_path: Path) -> None:
        write_environment(tmp_path)
        first = (tmp_path / "secrets" / "postgres-users").read_text()
        assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
        assert "SECRETS=./secrets" in (tmp_path / ".env").read_text()
        with pytest.raises(StartError, match="exists already"):
            write_environment(tmp_path)
        assert (tmp_path / "secrets" / "postgres-users").read_text() == first
        assert first.strip() not in json.dumps(secret_files())

    def test_the_example_names_only_settings_that_compose_reads(self) -> None:
        text = (ROOT / "docker-compose.yml").read_text()
        example = (ROOT / ".env.example").read_text()
        names = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
        assert names
        assert all(f"${{{name}" in text for name in names)
        assert not re.search("PASSWORD=|KEY=", example)


@pytest.mark.parametrize("path", ["deploy/Dockerfile", "gateway/Dockerfile"])
def test_images_are_built_from_pinned_bases_and_hashed_locks(path: str) -> None:
    text = (ROOT / path).read_text()
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert all(re.search(r":\d", base) for base in bases)
    assert "--require-hashes" in text
    assert "HEALTHCHECK" in text
