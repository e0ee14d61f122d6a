"""The API as processes: several workers, and an end that cuts nobody off."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from deploy.ports import Ports
from tests.apps import NEEDED
from tests.postgres import Server
from tests.users_service.people import PASSWORD, registration

WORKERS = 2


@pytest.fixture
def port() -> int:
    return Ports().block(WORKERS)


@asynccontextmanager
async def serving(database_url: str, port: int, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "SIGNING_KEY": NEEDED["users_service"]["signing_key"],
        "AMQP_URL": "amqp://127.0.0.1:1/",
        "PORT": str(port),
        "WORKERS": str(WORKERS),
    }
    with log.open("wb") as output:
        command = [sys.executable, "-m", "users_service.main"]
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until_ready(http: httpx.AsyncClient, port: int) -> None:
    for _ in range(600):
        try:
            if (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    pytest.fail(f"nothing answers on {port}")


class TestProcess:
    async def test_sigterm_lets_every_request_finish(self, postgres: Server, port: int, tmp_path: Path) -> None:
        log = tmp_path / "log"
        url = await postgres.database("users_service")
        async with serving(url, port, log) as process, httpx.AsyncClient(timeout=20, trust_env=False) as http:
            ports = [port + i for i in range(WORKERS)]
            for each in ports:
                await until_ready(http, each)
            body = registration()
            assert (await http.post(f"http://127.0.0.1:{port}/api/auth/register", json=body)).status_code == 201
            login = {"username": body["username"], "password": PASSWORD}
            under_way = [
                asyncio.create_task(http.post(f"http://127.0.0.1:{each}/api/auth/login", json=login))
                for each in ports * 8
            ]
            await asyncio.sleep(0.3)
            assert not all(task.done() for task in under_way)
            process.terminate()
            assert {(await task).status_code for task in under_way} == {200}
            assert await asyncio.wait_for(process.wait(), 10) == 0
        assert "Traceback" not in log.read_text()
        assert PASSWORD not in log.read_text()
