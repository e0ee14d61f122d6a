"""Minutes without a broker while everything outside hangs, then every process killed under load: what was acknowledged
stands in the inboxes exactly, and mails and webhooks came at least once, each with one id. `make faults` runs it."""

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults import told
from tests.faults.outside import Target, running_target
from tests.faults.test_faults import kill, victims
from tests.faults.told import Writes
from tests.notifications_service.post import Post, running_post
from tests.system.people import Person, until
from tests.system.running import LIFTED, RunningSystem

OUTAGE = float(os.environ.get("OUTAGE", "0"))  # seconds
KILLS = int(os.environ.get("FAULTS", "11"))
WRITERS = 3
PAUSE = 0.2
BEFORE = 5.0  # seconds of writing before the broker goes: what hangs
DRAINED = 420.0  # seconds: a webhook's fourth attempt is two minutes after its third

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(OUTAGE == 0, reason="takes minutes: `make faults`, or OUTAGE=120"),
]


@asynccontextmanager
async def stack(folder: Path, post: Post, target: Target) -> AsyncIterator[RunningSystem]:
    outside = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(post.port), "SMTP_TLS": "off"}
    allowed = {"OUTGOING_ALLOW": f"127.0.0.1:{target.port}", "ACCESS_TOKEN_MINUTES": "60"}
    system = RunningSystem("stack", folder, **LIFTED, **outside, **allowed)
    await asyncio.to_thread(system.__enter__)
    try:
        yield system
    finally:
        await asyncio.to_thread(system.stop)


async def outage(system: RunningSystem, post: Post, target: Target) -> None:
    """Mails and webhooks of the first writes hang already when the broker is killed."""
    await asyncio.sleep(BEFORE)
    await asyncio.to_thread(system.ctl, "kill", "rabbitmq")
    await asyncio.sleep(OUTAGE)
    assert await asyncio.to_thread(system.health) == 503
    answer = await asyncio.to_thread(system.ctl, "start", "rabbitmq")
    assert "running" in answer, answer
    post.hang.clear()
    target.released.set()


async def kills(system: RunningSystem) -> None:
    for name in await asyncio.to_thread(victims, system, KILLS):
        await asyncio.sleep(random.uniform(0.2, 1.0))
        await kill(system, name)


async def figures_of(writes: Writes, post: Post, target: Target) -> dict[str, int]:
    """Waits until everything has arrived, then counts: what is named in WRONG should be 0."""
    readers = writes.readers

    async def all_there() -> bool:
        events = await told.all_events(readers[0])
        rows = told.rows_of(events, readers)
        return (
            {told.write_of(event) for event in events} >= writes.acknowledged
            and set(await told.inboxes(readers)) >= rows
            and set(told.mailed(post.received)) >= told.mails_of(rows)
            and set(target.taken) >= {event["event_id"] for event in events}
        )

    await until(all_there, DRAINED)
    await asyncio.sleep(2)  # for what should not come
    events = await told.all_events(readers[0])
    ids = {event["event_id"] for event in events}
    rows, there = told.rows_of(events, readers), await told.inboxes(readers)
    mails, mailed = told.mails_of(rows), told.mailed(post.received)
    taken = target.taken
    return {
        "acknowledged": len(writes.acknowledged),
        "events": len(events),
        "rows": there.total(),
        "mails": len(mailed),
        "mails_repeated": mailed.total() - len(mailed),
        "mail_tries": len(post.tries),
        "webhooks": len(set(taken)),
        "webhooks_repeated": len(taken) - len(set(taken)),
        "webhook_tries": len(target.got),
        "lost_writes": len(writes.acknowledged - {told.write_of(event) for event in events}),
        "doubled_events": len(events) - len(ids),
        "lost_rows": len(rows - set(there)),
        "doubled_rows": there.total() - len(there),
        "rows_of_nothing": len(set(there) - rows),
        "lost_mails": len(mails - set(mailed)),
        "mails_of_nothing": len(set(mailed) - mails),
        "lost_webhooks": len(ids - set(taken)),
        "webhooks_of_nothing": len(set(taken) - ids),
        "forged": target.forged,
    }


WRONG = ("lost_", "doubled_", "forged", "rows_of", "mails_of", "webhooks_of")


async def test_the_ledger_stands_in_every_inbox(tmp_path: Path) -> None:
    async with running_post() as post, running_target() as target, stack(tmp_path, post, target) as system:
        first, second, *writers = [await Person.registered(system.base) for _ in range(WRITERS + 2)]
        made = await first.post("/api/webhooks", {"url": target.url, "events": ["*"]})
        assert made.status_code == 201, made.text
        target.secret = made.json()["secret"]
        post.hang |= {f"{reader.name}@example.com" for reader in (first, second)}
        writes, done = Writes(readers=(first, second)), asyncio.Event()
        writing = [asyncio.create_task(writes.go_on(writer, done, PAUSE)) for writer in writers]
        await outage(system, post, target)
        assert (writes.cut, writes.refused) == (0, {}), "writes go on without a broker"
        written = len(writes.acknowledged)
        await kills(system)
        done.set()
        await asyncio.gather(*writing)
        await asyncio.to_thread(system.until_well, 60)
        began = time.monotonic()
        figures = await figures_of(writes, post, target)
    drained = round(time.monotonic() - began, 1)
    told_also = {"written_in_outage": written, "cut": writes.cut, "refused": dict(writes.refused), "drained": drained}
    print(json.dumps({"outage": OUTAGE, "kills": KILLS, **figures, **told_also}))
    assert {name: n for name, n in figures.items() if name.startswith(WRONG) and n} == {}
    assert figures["webhook_tries"] > figures["webhooks"], "some hung"
    assert figures["mail_tries"] > figures["mails"], "some hung"
