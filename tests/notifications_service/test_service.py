"""The service as a whole: its settings, its document, its health."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import httpx
import pytest
from pydantic import ValidationError

from deploy.ports import Ports
from notifications_service.settings import Settings
from tests.notifications_service.system import System, until
from tests.postgres import Server

URL = "postgresql://u:p@127.0.0.1/x"


class TestSettings:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("", set()),
            ("https://a.example", {"https://a.example"}),
            ("https://A.example, http://localhost:3000", {"https://a.example", "http://localhost:3000"}),
            ("http://[::1]:8000 https://b.example", {"http://[::1]:8000", "https://b.example"}),
        ],
    )
    def test_origins(self, monkeypatch: pytest.MonkeyPatch, given: str, expected: set[str]) -> None:
        monkeypatch.setenv("ALLOWED_ORIGINS", given)
        assert Settings(database_url=URL).allowed_origins == expected

    @pytest.mark.parametrize("given", ["*", "a.example", "https://a.example/", "https://a.example/x", "null"])
    def test_what_is_no_origin_is_refused(self, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
        monkeypatch.setenv("ALLOWED_ORIGINS", given)
        with pytest.raises(ValidationError, match="is no origin"):
            Settings(database_url=URL)

    @pytest.mark.parametrize("program", ["main", "worker"])
    def test_nothing_starts_without_a_broker(self, program: str) -> None:
        command = [sys.executable, "-m", f"notifications_service.{program}"]
        environment = {"PATH": os.environ["PATH"], "DATABASE_URL": URL}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
        assert ended.returncode == 1
        assert ended.stderr.strip().startswith("AMQP_URL is not set")


class TestDocument:
    async def test_operations_are_described(self, system: System) -> None:
        document = (await system.http.get("/openapi.json")).json()
        operations = [one for item in document["paths"].values() for one in item.values()]
        assert len(operations) >= 7
        for operation in operations:
            assert operation["summary"]
            assert operation["description"]
            assert operation["tags"]

    async def test_what_has_no_version_takes_no_if_match(self, system: System) -> None:
        paths = (await system.http.get("/openapi.json")).json()["paths"]
        for method in ("patch", "delete"):
            operation = paths["/api/notifications/{notification_id}"][method]
            assert "If-Match" not in [parameter["name"] for parameter in operation["parameters"]]
            assert "412" not in operation["responses"]


class TestHealth:
    async def test_names_the_consumer(self, system: System) -> None:
        async def is_well() -> bool:
            return (await system.http.get("/health")).status_code == 200

        await until(is_well)
        checks = (await system.http.get("/health")).json()["checks"]
        assert checks == {"database": "ok", "consumer": "ok", "bus": "ok"}


class TestProcess:
    async def test_starts_without_broker_and_users_service_and_ends_in_time(self, postgres: Server) -> None:
        port = Ports().block()
        away = "127.0.0.1:1"
        environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "DATABASE_URL": await postgres.database("notifications_service"),
            "AMQP_URL": f"amqp://a:b@{away}",
            "USERS_URL": f"http://{away}",
        }
        command = [sys.executable, "-m", "notifications_service.main"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: ASYNC220
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:

                async def is_serving() -> bool:
                    try:
                        return (await http.get("/readyz")).status_code == 200
                    except httpx.TransportError:
                        return False

                await until(is_serving, 15)
                assert (await http.get("/health")).status_code == 503
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 10) == 0
        finally:
            process.kill()
            process.wait()
