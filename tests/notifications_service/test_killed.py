"""The worker's process killed again and again while people are assigned: `make faults` does more of it."""

from __future__ import annotations

import asyncio
import email
import json
import os
import random
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from shared.bus.amqp import AmqpBus
from shared.database import Database
from tests.apps import NEEDED
from tests.notifications_service.events import change, message, task_event, user_event
from tests.postgres import Server
from tests.waiting import until

ASSIGNMENTS = int(os.environ.get("ASSIGNMENTS", "120"))
KILLS = int(os.environ.get("KILLS", "4"))
TASKS = range(5001, 5021)
ANN, BOB = 911, 912  # nobody in what other tests left on the queue
ROWS = "SELECT count(*) FROM notifications WHERE recipient_id = $1"
MAILS = "SELECT count(*) FROM mails WHERE recipient_id = $1 AND status = 'sent'"


def assignments() -> list[dict[str, Any]]:
    """Of some tasks in turn, each assigned to bob again and again."""
    who: dict[str, Any] = {"creator": ANN, "actor": ANN, "assignees": [BOB]}
    again = {"assignee_ids": change([], [BOB])}
    made = [(version, task_id) for version in range(1, ASSIGNMENTS // len(TASKS) + 1) for task_id in TASKS]
    return [task_event("updated", task_id=task_id, version=v, changes=again, **who) for v, task_id in made]


@asynccontextmanager
async def worker(environment: dict[str, str]) -> AsyncIterator[Process]:
    """`python -m notifications_service.worker`, killed in the end."""
    command = [sys.executable, "-m", "notifications_service.worker"]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


def ids_of(folder: Path) -> Counter[str]:
    """How often each mail was written."""
    files = [email.message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("*.eml")]
    return Counter(str(mail["Message-ID"]) for mail in files)


@pytest.mark.timeout(600)
async def test_every_assignment_makes_one_row_and_one_mail(postgres: Server, rabbitmq: str, tmp_path: Path) -> None:
    url, happened = await postgres.database("notifications_service"), assignments()
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    key = str(NEEDED["notifications_service"]["secrets_key"])
    given = {"DATABASE_URL": url, "AMQP_URL": rabbitmq, "SECRETS_KEY": key, "MAIL_DIR": str(tmp_path)}
    async with Database(url) as database, AmqpBus(rabbitmq, "test") as bus:
        session = database.session()

        async def has_rows(number: int) -> bool:
            return bool(await session.fetchval(ROWS, BOB) >= number)

        async def is_connected() -> bool:
            return bus.connected

        async def all_mailed() -> bool:
            return bool(await session.fetchval(MAILS, BOB) == len(happened))

        await until(is_connected)
        await bus.publish(message(user_event(BOB, "bob")))
        part = len(happened) // KILLS
        for kill in range(KILLS):
            async with worker({**kept, **given}):
                before = await session.fetchval(ROWS, BOB)
                for event in happened[kill * part : (kill + 1) * part]:
                    await bus.publish(message(event))
                await until(lambda least=before + 1: has_rows(least), 30)  # type: ignore[misc]
                await asyncio.sleep(random.uniform(0, 0.3))
        for event in happened[KILLS * part :]:
            await bus.publish(message(event))
        async with worker({**kept, **given}):
            await until(lambda: has_rows(len(happened)), 60)
            await until(all_mailed, 120)
        repeated = "SELECT FROM notifications GROUP BY event_id, recipient_id, kind HAVING count(*) > 1"
        assert await session.fetch(repeated) == []
        assert await session.fetchval(ROWS, BOB) == len(happened)
        letters = "SELECT FROM dead_letters WHERE message_id = ANY($1)"
        assert await session.fetch(letters, [str(event["id"]) for event in happened]) == []
        shown = await session.fetch(
            "SELECT array_agg((frame::json -> 'task' ->> 'version')::int ORDER BY cursor) AS versions "
            "FROM stream_events WHERE kind = 'task' AND task_id = ANY($1) GROUP BY task_id",
            list(TASKS),
        )
        assert [row["versions"] for row in shown] == [list(range(1, ASSIGNMENTS // len(TASKS) + 1))] * len(TASKS)
    written = await asyncio.to_thread(ids_of, tmp_path)
    twice = sum(number - 1 for number in written.values())
    print(json.dumps({"assignments": len(happened), "kills": KILLS, "mails": len(written), "mails_repeated": twice}))
    assert written.keys() == {f"<{event['id']}.{BOB}@localhost>" for event in happened}
    assert twice <= KILLS * 20, "no more than were under way at each kill"
