"""A target of webhooks on loopback, and what the tests ask of webhooks and their deliveries."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import orjson
from standardwebhooks import Webhook

from tests.fakes import Person
from tests.notifications_service.events import task_event
from tests.notifications_service.system import System
from tests.notifications_service.test_webhooks import HOOKS, call
from tests.waiting import PATIENCE, until


class Sink:
    """A target: `/<name>` answers as `answers` says, 200 without; `hang...` never does."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: dict[str, int] = {}
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.released = asyncio.Event()
        self.news = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = head.split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:]) if k}
            body = await reader.readexactly(int(headers["content-length"]))
            name = lines[0].split()[1].strip("/")
            async with self.news:
                self.got.append((name, headers, body))
                self.news.notify_all()
            if name.startswith("hang"):
                await self.released.wait()
            status = self.answers.get(name, 200)
            writer.write(f"HTTP/1.1 {status} Fine\r\ncontent-length: 5\r\n\r\nhello".encode())
            await writer.drain()
        writer.close()

    async def at(self, name: str, number: int = 1) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """The first so many requests there, once they have come."""
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(lambda: sum(got[0] == name for got in self.got) >= number)
        return [(headers, orjson.loads(body)) for where, headers, body in self.got if where == name]


async def hook(system: System, sink: Sink, person: Person, name: str, **given: Any) -> dict[str, Any]:
    body = {"url": f"http://127.0.0.1:{sink.port}/{name}", "events": ["*"], **given}
    answer = await system.http.post(HOOKS, json=body, headers=person.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def deliveries(system: System, person: Person, made: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    page = await call(system, person, "GET", f"/{made['id']}/deliveries{query}")
    found: list[dict[str, Any]] = page.json()["items"]
    return found


async def settled(system: System, person: Person, made: dict[str, Any], status: str = "delivered") -> dict[str, Any]:
    """The newest delivery, once it stands so."""
    found: list[dict[str, Any]] = []

    async def stands() -> bool:
        found[:] = await deliveries(system, person, made)
        return bool(found) and found[0]["status"] == status

    await until(stands)
    return found[0]


def own(person: Person, **given: Any) -> dict[str, Any]:
    return task_event(creator=person.id, actor=person.id, **given)


def secret_of(made: dict[str, Any]) -> Webhook:
    return Webhook(made["secret"])
