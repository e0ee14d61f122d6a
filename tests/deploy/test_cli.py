from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app, database_urls
from deploy.errors import StartError
from deploy.ports import Ports
from shared import dead_letters
from shared.bus import Message
from shared.database import Database
from tests.postgres import Server

cli = CliRunner()


class TestRefusals:
    def test_a_wrong_setting_is_one_line_and_exit_code_1(self) -> None:
        done = cli.invoke(app, ["run"], env={"PORT": "http"})
        assert (done.exit_code, done.stderr) == (1, "PORT=http: give a whole number from 1 to 65535\n")

    def test_control_without_a_stack_says_how_to_start_one(self, tmp_path: Path) -> None:
        done = cli.invoke(app, ["ctl", "ps"], env={"DATA_DIR": str(tmp_path)})
        assert done.exit_code == 1
        assert "make stack" in done.stderr

    def test_an_unknown_log_lists_the_known_ones(self, tmp_path: Path) -> None:
        (tmp_path / "logs").mkdir()
        (tmp_path / "logs" / "tasks.log").write_text("a line\n")
        done = cli.invoke(app, ["ctl", "logs", "nobody"], env={"DATA_DIR": str(tmp_path)})
        assert (done.exit_code, done.stderr) == (1, "no log of nobody: tasks\n")
        assert cli.invoke(app, ["ctl", "logs", "tasks"], env={"DATA_DIR": str(tmp_path)}).stdout == "a line\n"

    def test_an_unknown_service(self) -> None:
        done = cli.invoke(app, ["migrate", "mail"], env={"DATABASE_URL": "postgresql://x@y/z"})
        assert (done.exit_code, done.stderr) == (1, "no service mail: one of users, tasks, notifications\n")


class TestDatabaseUrls:
    @pytest.fixture(autouse=True)
    def elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("DATA_DIR", raising=False)

    def test_the_environment_comes_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TASKS_DATABASE_URL", "postgresql://tasks")
        assert database_urls() == {"tasks": "postgresql://tasks"}

    def test_then_the_system_in_the_data_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "databases.json").write_text(
            json.dumps({"users": "postgresql://users", "tasks": "postgresql://tasks"})
        )
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        assert database_urls() == {"tasks": "postgresql://tasks"}

    def test_a_system_that_is_down_is_said_so(self, tmp_path: Path) -> None:
        url = f"postgresql://tasks:x@127.0.0.1:{Ports().block()}/tasks"
        done = cli.invoke(app, ["dlq", "list"], env={"TASKS_DATABASE_URL": url})
        assert done.exit_code == 1
        assert "is the system running?" in done.stderr

    def test_letters_are_listed_shown_and_discarded(self, postgres: Server) -> None:
        url = asyncio.run(postgres.database("tasks_service"))

        async def bury() -> None:
            async with Database(url) as database:
                await dead_letters.add(database.session(), "q", Message("m1", "user.updated", b"{}"), "m1", "odd", 5)

        asyncio.run(bury())

        def called(*words: str) -> Result:
            return cli.invoke(app, ["dlq", *words], env={"TASKS_DATABASE_URL": url})

        assert "user.updated m1 after 5 attempts: odd" in called("list").stdout
        assert called("show", "tasks", "1").stdout == "{}\n"
        assert called("discard", "tasks", "1", "1").stdout == "tasks 1 discarded\ntasks 1 is not there\n"
        assert called("list").stdout == ""
        for words in (("show", "tasks", "1"), ("show", "users", "1"), ("discard", "notifications", "1")):
            assert called(*words).exit_code == 1

    def test_none_is_said_so(self) -> None:
        with pytest.raises(StartError, match="no system found"):
            database_urls()
