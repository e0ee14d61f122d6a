"""Settings are refused with one clear line for each wrong variable, and secrets may come from files."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex, token_urlsafe

import pytest

from shared.secrets import is_example
from shared.settings import load, require_amqp
from tasks_service.settings import Settings

URL = "postgresql://user:hunter2@localhost/tasks"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    monkeypatch.setenv("DATABASE_URL", URL)
    return monkeypatch


class TestLoad:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("DATABASE_URL", "mysql://hunter2"),
            ("DATABASE_URL", ""),
            ("PORT", "http"),
            ("PORT", "0"),
            ("PORT", "70000"),
            ("WORKERS", "0"),
            ("AMQP_URL", "http://hunter2"),
            ("LOG_LEVEL", "LOUD"),
            ("LOG_FORMAT", "xml"),
            ("LOG_RETENTION_DAYS", "0"),
            ("TASK_CREATION", "nobody"),
            ("TRASH_RETENTION_DAYS", "-1"),
            ("DUE_SOON_HOURS", "1e9"),
            ("OUTGOING_ALLOW", "hooks.internal"),
            ("OUTGOING_ALLOW", "http://hooks.internal:80"),
            ("OUTGOING_ALLOW", "hooks.internal:65536"),
            ("PUBLIC_URL", "tasks.example.com"),
            ("PUBLIC_URL", "https://"),
            ("PUBLIC_URL", "javascript:alert(1)"),
            ("PUBLIC_URL", "https://tasks.example.com/?a=b"),
        ],
    )
    def test_a_wrong_value_is_named(self, environment: pytest.MonkeyPatch, name: str, value: str) -> None:
        environment.setenv(name, value)
        with pytest.raises(SystemExit) as refused:
            load(Settings)
        lines = str(refused.value).splitlines()
        assert lines[0] == "Wrong settings, nothing was started:"
        assert [line.split(":")[0].strip() for line in lines[1:]] == [name]
        assert "hunter2" not in str(refused.value)

    def test_all_wrong_ones_are_named(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("PORT", "x")
        environment.setenv("LOG_LEVEL", "x")
        with pytest.raises(SystemExit, match=r"(?s)PORT: .*LOG_LEVEL: "):
            load(Settings)

    def test_empty_is_not_set(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("PORT", "")
        assert load(Settings).port == 8000

    def test_are_frozen(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            load(Settings).port = 1  # type: ignore[misc]

    def test_the_broker_may_be_needed(self) -> None:
        with pytest.raises(SystemExit, match="AMQP_URL is not set"):
            require_amqp(load(Settings))


class TestFiles:
    def test_hold_a_value(self, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
        environment.delenv("DATABASE_URL")
        (tmp_path / "secret").write_text(f"{URL}\n")
        environment.setenv("DATABASE_URL_FILE", str(tmp_path / "secret"))
        assert load(Settings).database_url == URL

    def test_that_are_missing_are_named(self, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
        environment.setenv("AMQP_URL_FILE", str(tmp_path / "nowhere"))
        with pytest.raises(SystemExit, match=r"AMQP_URL_FILE=.*nowhere: No such file"):
            load(Settings)

    def test_that_are_no_text_are_named(self, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "key").write_bytes(b"\xff\xfe")
        environment.setenv("AMQP_URL_FILE", str(tmp_path / "key"))
        with pytest.raises(SystemExit, match=r"AMQP_URL_FILE=.*key: is no text"):
            load(Settings)

    def test_hold_a_wrong_value(self, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("hunter2")
        environment.setenv("AMQP_URL_FILE", str(tmp_path / "secret"))
        with pytest.raises(SystemExit) as refused:
            load(Settings)
        assert "AMQP_URL: " in str(refused.value)
        assert "hunter2" not in str(refused.value)


class TestExamples:
    @pytest.mark.parametrize(
        "secret",
        [
            *("changeme" * 4, "change-me-change-me-change-me-change-me", "your_secret_key_here", "0" * 32, "ab" * 20),
            *("super-secret-key-please-change", "this is a very long secret key", "replace_with_a_random_string"),
        ],
    )
    def test_are_known_however_long(self, secret: str) -> None:
        assert is_example(secret)

    def test_random_ones_are_none(self) -> None:
        assert not any(is_example(make(12)) for make in (token_hex, token_urlsafe) for _ in range(1000))


class TestPasswordsInAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://users:password@db/users",
            "postgresql://users:change-me@127.0.0.1/users",
            "postgresql://users:Your_Password@db/users",
            "postgresql://users:@db/users",
            "postgresql://users:a8Fk2xQ@db/users",
        ],
    )
    def test_weak_ones_are_refused_unseen(self, environment: pytest.MonkeyPatch, url: str) -> None:
        environment.setenv("DATABASE_URL", url)
        with pytest.raises(SystemExit, match=r"DATABASE_URL: .*at least 8 characters and be no example") as refused:
            load(Settings)
        assert url not in str(refused.value)

    @pytest.mark.parametrize(("host", "good"), [("localhost", True), ("127.0.0.1", True), ("rabbitmq", False)])
    def test_the_broker_s_guest_is_for_this_machine(
        self, environment: pytest.MonkeyPatch, host: str, good: bool
    ) -> None:
        environment.setenv("AMQP_URL", f"amqp://guest:guest@{host}:5672/")
        if good:
            assert load(Settings).amqp_url
        else:
            with pytest.raises(SystemExit, match="AMQP_URL"):
                load(Settings)

    @pytest.mark.parametrize("url", ["postgresql:///users?host=/run", "postgresql://users@db/users"])
    def test_none_at_all_is_the_server_s_business(self, environment: pytest.MonkeyPatch, url: str) -> None:
        environment.setenv("DATABASE_URL", url)
        assert load(Settings).database_url == url
