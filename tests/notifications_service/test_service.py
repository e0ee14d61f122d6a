"""The service as a whole: its settings, its document, its health."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import httpx
import pytest
from pydantic import ValidationError
from websockets.asyncio.client import connect

from deploy.ports import Ports
from notifications_service.settings import Settings
from tests.apps import NEEDED
from tests.fakes import FakeUsers
from tests.notifications_service.system import System, closed, hello, ready
from tests.postgres import Server
from tests.waiting import until

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
        assert Settings(database_url=URL, **NEEDED["notifications_service"]).allowed_origins == expected

    @pytest.mark.parametrize("given", ["*", "a.example", "https://a.example/", "https://a.example/x", "null"])
    def test_what_is_no_origin_is_refused(self, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
        monkeypatch.setenv("ALLOWED_ORIGINS", given)
        with pytest.raises(ValidationError, match="is no origin"):
            Settings(database_url=URL, **NEEDED["notifications_service"])

    @pytest.mark.parametrize("program", ["main", "worker"])
    def test_nothing_starts_without_a_broker(self, program: str) -> None:
        command = [sys.executable, "-m", f"notifications_service.{program}"]
        environment = {"PATH": os.environ["PATH"], "DATABASE_URL": URL, "SECRETS_KEY": "0123456789abcdef" * 2}
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


@asynccontextmanager
async def process(database_url: str, users_url: str, workers: int) -> AsyncIterator[tuple[Process, int]]:
    """`python -m notifications_service.main` without a broker, once it serves; and its first port."""
    port = Ports().block(workers)
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "WORKERS": str(workers),
        "DATABASE_URL": database_url,
        "SECRETS_KEY": "0123456789abcdef" * 2,
        "AMQP_URL": "amqp://a:b@127.0.0.1:1",
        "USERS_URL": users_url,
    }
    command = [sys.executable, "-m", "notifications_service.main"]
    started = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    try:
        for number in range(workers):
            await until(partial(is_serving, port + number), 15)
        yield started, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            started.kill()
        await started.wait()


async def is_serving(port: int) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            return (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


class TestProcess:
    async def test_serves_without_broker_and_users_service(self, postgres: Server) -> None:
        url = await postgres.database("notifications_service")
        async with process(url, "http://127.0.0.1:1", workers=1) as (started, port):
            async with httpx.AsyncClient(trust_env=False) as http:
                assert (await http.get(f"http://127.0.0.1:{port}/health")).status_code == 503
            started.terminate()
            assert await asyncio.wait_for(started.wait(), 10) == 0

    @pytest.mark.parametrize("workers", [1, 2])
    async def test_sigterm_closes_sockets_and_leaves_no_traceback(
        self, postgres: Server, fake_users: FakeUsers, workers: int
    ) -> None:
        url = await postgres.database("notifications_service")
        ann = fake_users.register()
        async with process(url, fake_users.url, workers) as (started, port), AsyncExitStack() as stack:
            sockets = []
            for i in range(6):
                address = f"ws://127.0.0.1:{port + i % workers}/ws/tasks/"
                ws = await stack.enter_async_context(connect(address, proxy=None))
                await ws.send(hello(ann))
                await ready(ws)
                sockets.append(ws)
            started.terminate()
            assert {await closed(ws) for ws in sockets} == {1012}
            output, _ = await asyncio.wait_for(started.communicate(), 10)
            assert started.returncode == 0
            assert b"Traceback" not in output
