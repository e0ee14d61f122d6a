"""Personal access tokens and two-factor authentication through the gateway: how soon they end, and what is written
down of them."""

import asyncio
import json

import httpx
import pyotp
import pytest
import websockets

from tests.system.people import Person, until
from tests.system.running import RunningSystem

pytestmark = pytest.mark.system

PATHS = ("/api/users/me", "/api/tasks", "/api/notifications")


async def made(person: Person, *scopes: str) -> tuple[str, str]:
    answer = await person.post("/api/auth/tokens", {"name": "script", "scopes": scopes})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["token"]


async def statuses(http: httpx.AsyncClient, token: str) -> set[int]:
    """Several times each, because there are several workers."""
    headers = {"Authorization": f"Token {token}"}
    return {(await http.get(path, headers=headers)).status_code for path in PATHS * 4}


class TestEnd:
    async def test_revoked_everywhere_and_its_sockets_too(self, system: RunningSystem) -> None:
        person = await Person.registered(system.base)
        token_id, token = await made(person, "tasks:*", "notifications:read")
        assert await statuses(person.http, token) == {200}
        url = system.base.replace("http", "ws", 1) + "/ws/tasks/"
        async with websockets.connect(url, proxy=None) as socket:
            await socket.send(json.dumps({"type": "auth", "token": token}))
            assert json.loads(await socket.recv())["type"] == "ready"
            assert (await person.call("DELETE", f"/api/auth/tokens/{token_id}")).status_code == 204
            await asyncio.wait_for(socket.wait_closed(), 5)
            assert socket.close_code == 4401

        async def refused() -> bool:
            return await statuses(person.http, token) == {401}

        assert await until(refused, 5)

    async def test_deactivation_ends_tokens(self, system: RunningSystem) -> None:
        admin, person = await Person.known(system.base, *system.admin()), await Person.registered(system.base)
        _, token = await made(person, "tasks:read", "notifications:read")
        assert await statuses(person.http, token) == {200}
        assert (await admin.patch(f"/api/users/{person.id}", {"is_active": False})).status_code == 200

        async def refused() -> bool:
            return await statuses(person.http, token) == {401}

        assert await until(refused, 5)


class TestSecrets:
    async def test_none_is_in_any_log(self, system: RunningSystem) -> None:
        person = await Person.registered(system.base)
        _, token = await made(person, "tasks:*", "notifications:read")
        await statuses(person.http, token)
        secret = (await person.post("/api/auth/2fa/setup")).json()["secret"]
        code = pyotp.TOTP(secret).now()
        answer = await person.post("/api/auth/2fa/enable", {"otp": code})
        recovery = answer.json()["recovery_codes"]
        body = {"username": person.name, "password": person.password, "otp": recovery[0]}
        assert (await person.http.post("/api/auth/login", json=body)).status_code == 200
        assert (await person.http.post("/api/auth/login", json=body)).status_code == 401
        canaries = [token, secret, *recovery, person.password, person.access, person.refresh]
        for path in [system.folder / "log", *system.data.rglob("*.log"), *(system.data / "logs").rglob("*")]:
            if path.is_file():
                text = path.read_text(errors="replace")
                assert not [canary[:6] for canary in canaries if canary in text], path
