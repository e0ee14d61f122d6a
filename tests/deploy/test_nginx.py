from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deploy.errors import StartError
from deploy.nginx import GATEWAY, PLACEHOLDER, Gateway, command, rate_limit, render

SERVICES = {"users": ["127.0.0.1:21001", "127.0.0.1:21002"], "tasks": ["127.0.0.1:21003"], "notifications": ["[::1]:1"]}
EVERYTHING = {
    "ALLOWED_ORIGINS": "https://app.example.com, http://localhost:3000",
    "TRUSTED_PROXIES": "10.0.0.0/8,2001:db8::1",
    "PUBLIC_URL": "https://tasks.example.com",
    "MAX_ATTACHMENT_MB": "100",
    **{f"RATE_LIMIT_{name}": "off" for name in ("REGISTER", "LOGIN", "READ", "WRITE")},
}


def gateway(folder: Path, **environment: str) -> Gateway:
    return Gateway(folder, "127.0.0.1", 21999, SERVICES, environment=environment)


class TestRender:
    @pytest.mark.parametrize("environment", [{}, EVERYTHING], ids=["defaults", "everything set"])
    def test_nginx_accepts_the_result(self, tmp_path: Path, environment: dict[str, str]) -> None:
        text = gateway(tmp_path, **environment).write().read_text()
        assert not PLACEHOLDER.search(text)
        assert "server 127.0.0.1:21002 max_fails=0;" in text

    def test_folders_may_have_spaces_and_punctuation(self, tmp_path: Path) -> None:
        folder = tmp_path / "my data; {draft} #1's"
        folder.mkdir()
        Gateway(folder, "::1", 21999, SERVICES, str(folder / "access.log"), {}).write()

    def test_what_cannot_be_quoted_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(StartError, match="choose a folder without quotes"):
            gateway(tmp_path / 'a"b').write()

    def test_a_placeholder_without_a_value_is_named(self) -> None:
        with pytest.raises(StartError, match="NO_SUCH_NAME"):
            render("listen ${NO_SUCH_NAME};", {})

    def test_what_nginx_refuses_is_said_in_its_words(self, tmp_path: Path) -> None:
        with pytest.raises(StartError, match="invalid port"):
            Gateway(tmp_path, "127.0.0.1", 99999, SERVICES, environment={}).write()

    def test_the_attachment_limit_leaves_room_for_multipart(self, tmp_path: Path) -> None:
        assert int(gateway(tmp_path, MAX_ATTACHMENT_MB="1").values()["MAX_UPLOAD_BYTES"]) == 1024 * 1024 + 65536

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ALLOWED_ORIGINS", "https://app.example.com/path"),
            ("ALLOWED_ORIGINS", '" x; }'),
            ("ALLOWED_ORIGINS", "*"),
            ("TRUSTED_PROXIES", "proxy.example.com"),
            ("TRUSTED_PROXIES", "10.0.0.1; evil on"),
            ("MAX_ATTACHMENT_MB", "0"),
            ("MAX_ATTACHMENT_MB", "25M"),
            ("RATE_LIMIT_READ", "fast"),
            ("RATE_LIMIT_WRITE", "0r/s"),
            ("GATEWAY_READ_TIMEOUT", "soon"),
        ],
    )
    def test_a_wrong_setting_is_refused_by_name(self, tmp_path: Path, name: str, value: str) -> None:
        with pytest.raises(StartError, match=name):
            gateway(tmp_path, **{name: value}).values()


class TestRateLimit:
    def test_off_has_no_key(self) -> None:
        assert rate_limit("READ", "off")["READ_KEY"] == '""'

    def test_a_minute_s_worth_may_come_at_once(self) -> None:
        assert rate_limit("LOGIN", "120r/m") == {
            "LOGIN_KEY": "$binary_remote_addr",
            "LOGIN_RATE": "120r/m",
            "LOGIN_BURST": "120",
        }


class TestContainer:
    """The image makes the same values in shell that `deploy/nginx.py` makes here."""

    def derive(self, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
        upstreams = {f"{name.upper()}_UPSTREAM": ",".join(addresses) for name, addresses in SERVICES.items()}
        environment = {"PATH": os.environ["PATH"], "NGINX_ENVSUBST_OUTPUT_DIR": str(folder), **upstreams, **settings}
        environment["ALIASES_FILE"] = str(GATEWAY / "aliases.conf")
        script = f"set -eu; . {GATEWAY / 'derive.envsh'}; env -0"
        return subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)

    def values(self, folder: Path, **settings: str) -> dict[str, str]:
        done = self.derive(folder, **settings)
        assert done.returncode == 0, done.stderr
        return dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)

    @pytest.mark.parametrize("settings", [{}, EVERYTHING], ids=["defaults", "everything set"])
    def test_nginx_accepts_the_result(self, tmp_path: Path, settings: dict[str, str]) -> None:
        values = self.values(tmp_path, **settings)
        configuration = tmp_path / "nginx.conf"
        text = render((GATEWAY / "nginx.conf.template").read_text(), values)
        # the file-descriptor limit of this machine is not the container's
        configuration.write_text(text.replace("worker_rlimit_nofile 65536;", ""))
        check = subprocess.run([*command(configuration), "-t"], capture_output=True, text=True, check=False)
        assert check.returncode == 0, check.stderr
        assert "server 127.0.0.1:21002 resolve max_fails=0;" in text

    @pytest.mark.parametrize("settings", [{}, EVERYTHING], ids=["defaults", "everything set"])
    def test_it_agrees_with_the_renderer(self, tmp_path: Path, settings: dict[str, str]) -> None:
        ours, theirs = gateway(tmp_path, **settings).values(), self.values(tmp_path, **settings)
        same = [
            name for name in ours if name.endswith(("_KEY", "_RATE", "_BURST", "_BYTES", "HSTS", "_VARY", "_TIMEOUT"))
        ]
        assert {name: theirs[name] for name in same} == {name: ours[name] for name in same}
        for name in ("CORS_ORIGINS", "REAL_IP", "TRUSTED_PROXIES"):
            assert theirs[name].split() == ours[name].split()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("RATE_LIMIT_READ", "fast"),
            ("RATE_LIMIT_READ", "10r/h"),
            ("ALLOWED_ORIGINS", "*"),
            ("ALLOWED_ORIGINS", 'https://a";'),
            ("TRUSTED_PROXIES", "proxy.example.com"),
        ],
    )
    def test_a_wrong_setting_stops_the_container(self, tmp_path: Path, name: str, value: str) -> None:
        done = self.derive(tmp_path, **{name: value})
        assert done.returncode != 0
        assert name in done.stderr
