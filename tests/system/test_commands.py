"""The command line for people, at a running system."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from tests.system.running import TASKWIRE, RunningSystem

pytestmark = pytest.mark.system

Command = Callable[..., Result]


@pytest.fixture
def environment(embedded: RunningSystem, tmp_path: Path) -> dict[str, str]:
    return {"TASKWIRE_URL": embedded.base, "XDG_CONFIG_HOME": str(tmp_path), "COLUMNS": "120", "NO_COLOR": "1"}


@pytest.fixture
def taskwire(environment: dict[str, str]) -> Command:
    cli = CliRunner()

    def command(*words: str, given: str = "") -> Result:
        return cli.invoke(app, words, env=environment, input=given)

    return command


@pytest.fixture
def signed_in(taskwire: Command, embedded: RunningSystem) -> Command:
    name, password = embedded.admin()
    assert taskwire("login", name, given=f"{password}\n").exit_code == 0
    return taskwire


def made(taskwire: Command, *words: str) -> dict[str, Any]:
    answer = taskwire("add", *words, "--json")
    assert answer.exit_code == 0, answer.stderr
    task: dict[str, Any] = json.loads(answer.stdout)
    return task


class TestSigningIn:
    def test_the_login_is_kept_for_nobody_else(self, signed_in: Command, tmp_path: Path) -> None:
        kept = tmp_path / "taskwire" / "logins.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert signed_in("ls").exit_code == 0

    def test_a_wrong_password(self, taskwire: Command) -> None:
        answer = taskwire("login", "admin", given="not this one\n")
        assert answer.exit_code == 1
        assert answer.stderr.strip()
        assert "Traceback" not in answer.stderr

    def test_signing_out_ends_it_here_and_there(
        self, signed_in: Command, environment: dict[str, str], embedded: RunningSystem
    ) -> None:
        assert signed_in("logout").exit_code == 0
        answer = signed_in("ls")
        assert (answer.exit_code, "taskwire login" in answer.stderr) == (1, True)

    def test_a_token_that_ended_is_renewed(self, signed_in: Command, tmp_path: Path) -> None:
        kept = tmp_path / "taskwire" / "logins.json"
        logins = json.loads(kept.read_text())
        for login in logins.values():
            login["access"] += "x"
        kept.write_text(json.dumps(logins))
        assert signed_in("ls").exit_code == 0
        assert json.loads(kept.read_text()) != logins

    def test_a_server_that_is_not_there(self, taskwire: Command) -> None:
        answer = taskwire("login", "admin", "--server", "http://127.0.0.1:1", given="x\n")
        assert (answer.exit_code, "is it running?" in answer.stderr) == (1, True)


class TestTasks:
    def test_written_down_found_and_done(self, signed_in: Command) -> None:
        task = made(signed_in, "Water", "the", "plants", "-p", "high", "--due", "tomorrow", "-a", "me", "-l", "home")
        assert (task["title"], task["priority"], task["labels"]) == ("Water the plants", "high", ["home"])
        assert "Water the plants" in signed_in("ls", "plants", "--mine", "-p", "high").stdout
        assert signed_in("done", str(task["id"])).exit_code == 0
        assert "Water the plants" not in signed_in("ls", "plants").stdout
        shown = json.loads(signed_in("show", str(task["id"]), "--json").stdout)
        assert (shown["status"], shown["version"]) == ("completed", 2)

    def test_what_stands_in_brackets_is_no_markup(self, signed_in: Command) -> None:
        task = made(signed_in, "[bold]loud[/bold] [/x]")
        for answer in (signed_in("ls", "loud"), signed_in("show", str(task["id"]))):
            assert "[bold]loud[/bold] [/x]" in answer.stdout

    def test_the_editor_changes_the_words(
        self, signed_in: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        task = made(signed_in, "A first draft")
        editor = tmp_path / "editor"
        editor.write_text('#!/bin/sh\nprintf "A second one\\n\\nwith words\\n" > "$1"\n')
        editor.chmod(0o700)
        monkeypatch.setenv("VISUAL", str(editor))
        assert signed_in("edit", str(task["id"])).exit_code == 0
        shown = json.loads(signed_in("show", str(task["id"]), "--json").stdout)
        assert (shown["title"], shown["description"]) == ("A second one", "with words")

    def test_a_comment_is_shown_with_the_task(self, signed_in: Command) -> None:
        task = made(signed_in, "Talked about")
        assert signed_in("comment", str(task["id"]), "Looks", "**good**").exit_code == 0
        assert "Looks good" in signed_in("show", str(task["id"])).stdout

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["ls", "--filter", "priority>=hgh"], "at character 11"),
            (["add", "x", "--due", "someday"], "is no day"),
            (["add", "x", "-p", "very"], "/priority"),
            (["add", "x", "-a", "nobody-has-this-name"], "There is nobody"),
            (["show", "999999999"], ""),
            (["show", "NOPE-1"], "There is no task NOPE-1"),
            (["show", "?"], "neither"),
        ],
    )
    def test_a_refusal_says_what_is_wrong(self, signed_in: Command, words: list[str], said: str) -> None:
        answer = signed_in(*words)
        assert answer.exit_code == 1
        assert said in answer.stderr
        assert "Traceback" not in answer.stderr


class TestWatching:
    def test_what_happens_is_printed(self, signed_in: Command, environment: dict[str, str]) -> None:
        task = made(signed_in, "Looked at")
        words = [str(TASKWIRE), "watch", str(task["id"]), "--json"]
        with subprocess.Popen(words, env={**os.environ, **environment}, stdout=subprocess.PIPE) as watching:
            assert watching.stdout is not None
            os.set_blocking(watching.stdout.fileno(), False)
            line, number = b"", 0
            while not line:  # until it is connected; the test's own time limit ends this
                number += 1
                assert signed_in("edit", str(task["id"]), "--title", f"Changed {number}").exit_code == 0
                line = watching.stdout.readline()
            watching.send_signal(signal.SIGINT)
            assert watching.wait(10) == 130
        event = json.loads(line)
        assert (event["action"], event["task"]["id"]) == ("task_updated", task["id"])
