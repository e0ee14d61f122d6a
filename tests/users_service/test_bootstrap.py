"""The first administrator."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import StartApp
from tests.postgres import Server
from tests.users_service.people import Person, event_types, registration, sign_up
from users_service.bootstrap import ensure_admin
from users_service.settings import Settings


@pytest.fixture
async def database_url(postgres: Server) -> str:
    return await postgres.database("users_service")


class TestEnsureAdmin:
    async def test_generated_administrator_signs_in(
        self, service_app: StartApp, database_url: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "admin.json"
        made = await ensure_admin(Settings(database_url=database_url, admin_file=str(file)))
        assert made is not None
        assert made.generated
        assert len(made.password) >= 20
        assert file.stat().st_mode & 0o777 == 0o600
        assert json.loads(file.read_text()) == {"username": "admin", "password": made.password}
        async with service_app("users_service", database_url=database_url) as running:
            answer = await running.http.post(
                "/api/auth/login", json={"username": made.username, "password": made.password}
            )
            user = answer.json()["user"]
            assert user["role"] == "admin"
            assert await event_types(running, user["id"]) == ["user.registered"]
            admin = Person(running, user["id"], "admin", answer.json()["access_token"], "")
            whole = await admin.put(
                f"/api/users/{admin.id}", json={k: user[k] for k in ("username", "email", "full_name", "role")}
            )
            assert whole.status_code == 200

    async def test_second_run_changes_nothing(self, database_url: str, tmp_path: Path) -> None:
        file = tmp_path / "admin.json"
        await ensure_admin(Settings(database_url=database_url, admin_file=str(file)))
        before = file.read_bytes()
        again = Settings(database_url=database_url, admin_file=str(file), admin_password="x")
        assert await ensure_admin(again) is None
        assert file.read_bytes() == before

    async def test_of_several_at_once_one_makes_it(self, database_url: str) -> None:
        made = await asyncio.gather(*(ensure_admin(Settings(database_url=database_url)) for _ in range(4)))
        assert sum(one is not None for one in made) == 1

    async def test_given_name_and_password(self, database_url: str) -> None:
        settings = Settings(
            database_url=database_url,
            admin_username="boss",
            admin_password="given by hand",
            admin_email="b@boss.example",
        )
        made = await ensure_admin(settings)
        assert made is not None
        assert (made.username, made.password, made.generated) == ("boss", "given by hand", False)

    @pytest.mark.parametrize("password", ["short", "admin123", "password123", "administrator"])
    async def test_weak_password_is_refused(self, database_url: str, password: str) -> None:
        settings = Settings(database_url=database_url, admin_username="administrator", admin_password=password)
        with pytest.raises(SystemExit, match="ADMIN_PASSWORD") as refused:
            await ensure_admin(settings)
        assert password not in str(refused.value).partition("ADMIN_PASSWORD")[2] or password == "password123"

    async def test_nobody_becomes_administrator_by_having_the_name(
        self, service_app: StartApp, database_url: str
    ) -> None:
        async with service_app("users_service", database_url=database_url) as running:
            person = await sign_up(running, **registration(username="Admin"))
            with pytest.raises(SystemExit, match="ADMIN_USERNAME"):
                await ensure_admin(Settings(database_url=database_url))
            assert (await person.get("/api/auth/verify")).json()["role"] == "user"

    async def test_job_prints_what_it_generated_once(self, database_url: str) -> None:
        environment = {**os.environ, "DATABASE_URL": database_url, "ADMIN_USERNAME": "first"}

        def run() -> str:
            job = [sys.executable, "-m", "users_service.bootstrap"]
            return subprocess.run(job, env=environment, capture_output=True, text=True, check=True).stdout

        assert "first" in await asyncio.to_thread(run)
        assert await asyncio.to_thread(run) == ""
