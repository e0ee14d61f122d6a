"""A due date on a whole system: the person is reminded where they live, in the inbox, on the socket and by mail."""

from __future__ import annotations

import asyncio
import email
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = pytest.mark.system


def afternoon() -> tuple[str, datetime]:
    """A time zone in which it is past the reminder hour and not yet late, and the time there."""
    now = datetime.now(UTC)
    offset = 15 - now.hour  # hours; signs of these names are the other way round
    offset = offset - 24 if offset > 12 else offset
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT", now + timedelta(hours=offset)


def mails_to(folder: Path, name: str) -> list[str]:
    found = [email.message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("*.eml")]
    return [str(mail["Subject"]) for mail in found if str(mail["To"]).startswith(name)]


async def eventually(read: Any, wanted: set[str], seconds: float = 20) -> set[str]:
    """What `read` gives, once everything wanted is in it."""
    async with asyncio.timeout(seconds):
        while True:
            found = set(await read())
            if wanted <= found:
                return found
            await asyncio.sleep(0.1)


async def test_due_today_is_told_within_seconds(embedded: RunningSystem) -> None:
    ann, bob = [await Person.registered(embedded.base) for _ in range(2)]
    zone, local = afternoon()
    assert (await bob.patch("/api/users/me", {"timezone": zone})).status_code == 200
    body = {"title": "Today", "due_date": local.date().isoformat(), "assigned_to": bob.id}
    assert (await ann.post("/api/tasks", body)).status_code == 201
    body = {"title": "Late", "due_date": (local.date() - timedelta(days=1)).isoformat(), "assigned_to": bob.id}
    assert (await ann.post("/api/tasks", body)).status_code == 201

    async def kinds() -> list[str]:
        return [row["kind"] for row in (await bob.get("/api/notifications")).json()["items"]]

    wanted = {"task_assigned", "task_due_soon", "task_overdue"}
    assert await eventually(kinds, wanted) == wanted
    assert sorted(await kinds()) == ["task_assigned", "task_assigned", "task_due_soon", "task_overdue"]

    async def subjects() -> list[str]:
        return await asyncio.to_thread(mails_to, embedded.data / "mail", bob.name)

    days = [f"“Today” is due {local.date()}", f"“Late” was due {local.date() - timedelta(days=1)}"]
    written = await eventually(subjects, set(days))
    assert len(written) == 4
    assert (await ann.get("/api/notifications")).json()["items"] == []
