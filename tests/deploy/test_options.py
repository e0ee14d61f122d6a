from __future__ import annotations

import socket

import pytest

from deploy.errors import StartError
from deploy.options import read_options


class TestReadOptions:
    def test_defaults(self) -> None:
        options = read_options("run", {})
        assert (options.host, options.port, options.workers, options.data.name) == ("127.0.0.1", 8000, 2, "data")
        assert options.public_url == "http://localhost:8000"
        assert read_options("stack", {}).data != options.data

    @pytest.mark.parametrize(("name", "value"), [("PORT", "http"), ("PORT", "70000"), ("WORKERS", "0"), ("PORT", "-1")])
    def test_nonsense_is_refused_by_name(self, name: str, value: str) -> None:
        with pytest.raises(StartError, match=f"{name}={value}"):
            read_options("run", {name: value})

    @pytest.mark.parametrize(("text", "supervised"), [("1", True), ("0", False), ("", False)])
    def test_supervision_by_environment(self, text: str, supervised: bool) -> None:
        assert read_options("stack", {"SUPERVISE": text}).supervise is supervised

    def test_a_taken_port_is_said_in_one_line(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with pytest.raises(StartError, match=f"port {port} .* is taken: .*PORT=8123 make run"):
                read_options("run", {"PORT": str(port)}).require_free_port()

    @pytest.mark.parametrize("host", ["nonsense.invalid", "198.51.100.7"])
    def test_what_is_no_address_of_ours_is_not_called_taken(self, host: str) -> None:
        with pytest.raises(StartError, match=f"HOST={host} is no address of this machine"):
            read_options("run", {"HOST": host}).require_free_port()

    @pytest.mark.parametrize(
        ("host", "named", "reached"),
        [
            ("0.0.0.0", "localhost", "127.0.0.1"),
            ("::", "localhost", "::1"),
            ("::1", "localhost", "::1"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
            ("2001:db8::7", "[2001:db8::7]", "2001:db8::7"),
        ],
    )
    def test_people_are_told_where_it_listens(self, host: str, named: str, reached: str) -> None:
        options = read_options("run", {"HOST": host, "PORT": "8123"})
        assert options.public_url == f"http://{named}:8123"
        assert options.reached_at == reached


class TestServiceEnvironment:
    GIVEN = {
        "SMTP_HOST": "mail",
        "DATABASE_URL": "postgresql://outer",
        "SIGNING_KEY_FILE": "/key",
        "SECRETS_KEY": "other key",
        "ADMIN_PASSWORD": "secret",
        "WORKERS": "9",
    }

    def test_the_caller_s_settings_pass_through(self) -> None:
        environment = read_options("stack", self.GIVEN).service_environment("tasks")
        assert environment["SMTP_HOST"] == "mail"
        assert environment["PUBLIC_URL"] == "http://localhost:8000"

    def test_what_belongs_to_another_process_does_not(self) -> None:
        options = read_options("stack", self.GIVEN)
        for service in ("tasks", "notifications"):
            found = options.service_environment(service)
            assert not {"DATABASE_URL", "SIGNING_KEY_FILE", "ADMIN_PASSWORD", "WORKERS"} & set(found)
            assert ("SECRETS_KEY" in found) == (service == "notifications")
        assert options.service_environment("users")["SIGNING_KEY_FILE"] == "/key"
