"""People who use a system from outside: over HTTP and over WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import httpx
import websockets


class Person:
    """Somebody who is signed in. Requests carry the token; the answers are httpx responses."""

    opened: ClassVar[list[Person]] = []

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = httpx.AsyncClient(base_url=base, timeout=20, trust_env=False)
        self.id = 0
        self.name = f"u{secrets.token_hex(5)}"
        self.password = f"pw-{secrets.token_urlsafe(12)}"
        self.access = self.refresh = ""
        Person.opened.append(self)

    @classmethod
    async def leave_all(cls) -> None:
        """Closes the connections of everybody."""
        while cls.opened:
            await cls.opened.pop().http.aclose()

    @classmethod
    async def registered(cls, base: str) -> Person:
        person = cls(base)
        body = {"username": person.name, "email": f"{person.name}@example.com", "password": person.password}
        answer = await person._patiently("/api/auth/register", body)
        assert answer.status_code == 201, answer.text
        await person.sign_in()
        return person

    @classmethod
    async def known(cls, base: str, name: str, password: str) -> Person:
        person = cls(base)
        person.name, person.password = name, password
        await person.sign_in()
        return person

    async def sign_in(self) -> None:
        body = {"username": self.name, "password": self.password}
        answer = await self._patiently("/api/auth/login", body)
        assert answer.status_code == 200, answer.text
        signed_in = answer.json()
        self.access, self.refresh = signed_in["access_token"], signed_in["refresh_token"]
        self.id = signed_in["user"]["id"]

    async def _patiently(self, path: str, body: Any) -> httpx.Response:
        """Waits when told to: everybody comes from one address here."""
        for _ in range(120):
            answer = await self.http.post(path, json=body)
            if answer.status_code != 429:
                break
            await asyncio.sleep(float(answer.headers["retry-after"]))
        return answer

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.access}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return await self.http.request(method, path, json=body, headers=sent)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.call("POST", path, body, **headers)

    async def patch(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.call("PATCH", path, body, **headers)

    async def everything(self, path: str) -> list[dict[str, Any]]:
        """All rows of a list, walked by cursor."""
        rows: list[dict[str, Any]] = []
        query = {"limit": "100"}
        while True:
            answer = await self.get(f"{path}{'&' if '?' in path else '?'}{httpx.QueryParams(query)}")
            assert answer.status_code == 200, answer.text
            page = answer.json()
            rows += page["items"]
            if page["next_cursor"] is None:
                return rows
            query["cursor"] = page["next_cursor"]


class Listener:
    """Listens to live updates, and resumes where it was whenever the connection ends."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.frames: list[dict[str, Any]] = []
        self.notifications: list[dict[str, Any]] = []
        self.closed_with: list[int] = []
        self.resets = 0
        self.cursor: str | None = None
        self.ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Listener:
        self._task = asyncio.create_task(self._listen())
        await asyncio.wait_for(self.ready.wait(), 20)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        url = self.person.base.replace("http", "ws", 1) + "/ws/tasks/"
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
                async with websockets.connect(url, proxy=None, close_timeout=1) as socket:
                    await self._hear(socket)
            await asyncio.sleep(0.2)

    async def _hear(self, socket: websockets.ClientConnection) -> None:
        hello = {"type": "auth", "token": self.person.access}
        await socket.send(json.dumps(hello | ({"cursor": self.cursor} if self.cursor else {})))
        try:
            async for frame in socket:
                self._take(json.loads(frame))
        finally:
            self.closed_with.append(socket.close_code or 0)

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "ready":
                self.cursor = self.cursor or frame["cursor"]
                self.ready.set()
            case "reset":
                self.resets += 1
                self.cursor = None
            case "task_update":
                frame["heard_at"] = time.monotonic()
                self.frames.append(frame)
                self.cursor = frame["cursor"]
            case "notification":
                self.notifications.append(frame)

    def versions(self, task_id: int) -> list[int]:
        """The versions of a task in the order in which they came."""
        return [frame["task"]["version"] for frame in self.frames if frame["task"]["id"] == task_id]


async def until(condition: Callable[[], Awaitable[Any] | Any], seconds: float = 15) -> Any:
    """The first truthy value of the condition; its last value when time is up."""
    deadline = time.monotonic() + seconds
    value: Any = None
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            value = condition()
            if asyncio.iscoroutine(value):
                value = await value
            if value:
                return value
        await asyncio.sleep(0.05)
    return value
