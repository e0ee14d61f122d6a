"""`taskwire admin`, at a database and without one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.ports import Ports
from tests.apps import running_app
from tests.postgres import Server
from tests.users_service.people import PASSWORD, Person, assert_problem, sign_up

cli = CliRunner()


@pytest.fixture(scope="module")
async def url(postgres: Server) -> str:
    return await postgres.database("users_service")


async def admin(url: str, *words: str, typed: str = "") -> Result:
    """Runs the command in a thread: it has an event loop of its own."""
    return await asyncio.to_thread(cli.invoke, app, ["admin", *words], env={"DATABASE_URL": url}, input=typed)


async def log_in(running: Any, name: str, password: str) -> Any:
    return await running.http.post("/api/auth/login", json={"username": name, "password": password})


class TestAdministrators:
    async def test_create(self, postgres: Server, url: str) -> None:
        done = await admin(url, "create", "root1", typed="a long pass phrase\n")
        assert (done.exit_code, done.stdout) == (0, "root1 is an administrator.\n")
        async with running_app("users_service", postgres, database_url=url) as running:
            answer = await log_in(running, "root1", "a long pass phrase")
            assert answer.json()["user"]["role"] == "admin"
            audit = await running.http.get(
                "/api/audit?action=user", headers={"Authorization": f"Bearer {answer.json()['access_token']}"}
            )
            [entry] = audit.json()["items"]
            assert (entry["action"], entry["actor_id"]) == ("user.created", None)
            assert entry["details"] == {"role": "admin", "via": "command line"}

    async def test_generated_password_is_shown_once(self, postgres: Server, url: str) -> None:
        done = await admin(url, "create", "root2", "--email", "root2@example.com", "--generate")
        password = done.stdout.partition("password: ")[2].split()[0]
        async with running_app("users_service", postgres, database_url=url) as running:
            assert (await log_in(running, "root2@example.com", password)).status_code == 200

    async def test_promote_signs_in_anew(self, postgres: Server, url: str) -> None:
        async with running_app("users_service", postgres, database_url=url) as running:
            person = await sign_up(running)
            assert (await admin(url, "promote", person.username.upper())).exit_code == 0
            assert not await person.is_signed_in()
            again: Person = await person.again()
            assert (await again.get("/api/users/me")).json()["role"] == "admin"
            assert (await admin(url, "promote", person.username)).exit_code == 0
            assert await again.is_signed_in()

    async def test_reset_password_lifts_the_lock(self, postgres: Server, url: str) -> None:
        async with running_app("users_service", postgres, database_url=url) as running:
            person = await sign_up(running)
            while (await log_in(running, person.username, "wrong password")).status_code == 401:
                pass
            assert_problem(await log_in(running, person.username, PASSWORD), 429)
            done = await admin(url, "reset-password", person.username, "--two-factor-off", typed="a new pass phrase\n")
            assert done.exit_code == 0, done.stderr
            assert not await person.is_signed_in()
            assert (await log_in(running, person.username, "a new pass phrase")).status_code == 200


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "typed", "message"),
        [
            (("create", "x"), "a long pass phrase\n", "username "),
            (("create", "somebody"), "short\n", "password must have 8 to 128 characters"),
            (("create", "somebody"), "password123\n", "password is one of the most common passwords"),
            (("create", "somebody"), "", "no password"),
            (("create", "somebody", "--email", "nowhere"), "a long pass phrase\n", "email must be an e-mail address"),
            (("promote", "nobody-there"), "", "There is no account nobody-there."),
            (("reset-password", "nobody-there"), "a long pass phrase\n", "There is no account nobody-there."),
        ],
    )
    async def test_one_line_says_why(self, url: str, words: tuple[str, ...], typed: str, message: str) -> None:
        done = await admin(url, *words, typed=typed)
        assert done.exit_code == 1
        assert done.stderr.startswith(message)
        assert done.stderr.count("\n") == 1

    async def test_a_name_that_is_taken(self, url: str) -> None:
        await admin(url, "create", "taken", "--generate")
        done = await admin(url, "create", "taken", "--email", "other@example.com", "--generate")
        assert (done.exit_code, done.stderr) == (1, "This username is taken: choose another one.\n")

    def test_no_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DATABASE_URL", "USERS_DATABASE_URL"):
            monkeypatch.delenv(name, raising=False)
        done = cli.invoke(app, ["admin", "promote", "x"], env={"DATA_DIR": str(tmp_path)})
        assert (done.exit_code, "DATA_DIR" in done.stderr) == (1, True)

    def test_a_system_that_is_down(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DATABASE_URL", "USERS_DATABASE_URL"):
            monkeypatch.delenv(name, raising=False)
        url = f"postgresql://users:x@127.0.0.1:{Ports().block()}/users"
        (tmp_path / "databases.json").write_text(json.dumps({"users": url}))
        done = cli.invoke(app, ["admin", "promote", "x"], env={"DATA_DIR": str(tmp_path)})
        assert (done.exit_code, "is the system running?" in done.stderr) == (1, True)
