"""`kill -9` of every process under load, and the ledger afterwards. `make faults` runs more of them."""

import asyncio
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.ledger import Ledger
from tests.system.people import Listener, Person
from tests.system.running import LIFTED, RunningSystem

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

KILLS = int(os.environ.get("KILLS", "11"))
WRITERS = 4
PAUSE = 0.1  # with four writers about 30 writes a second


@pytest.fixture
def fresh_stack(tmp_path: Path) -> Iterator[RunningSystem]:
    with RunningSystem("stack", tmp_path, **LIFTED) as system:
        yield system


def victims(system: RunningSystem) -> list[str]:
    """Every name equally often, in random order."""
    names = [line.split()[0] for line in system.ctl("ps").strip().splitlines()]
    return [name for _ in range(KILLS // len(names) + 1) for name in random.sample(names, len(names))][:KILLS]


async def test_nothing_is_lost_or_doubled(fresh_stack: RunningSystem) -> None:
    system = fresh_stack
    people = [await Person.registered(system.base) for _ in range(WRITERS + 1)]
    reader, *writers = people
    ledger, done = Ledger(), asyncio.Event()
    async with Listener(reader) as listener:
        writing = [asyncio.create_task(ledger.write_until(done, w, reader.id, PAUSE)) for w in writers]
        for name in victims(system):
            await asyncio.sleep(random.uniform(0.5, 2.0))
            await asyncio.to_thread(system.ctl, "kill", name)
            await asyncio.sleep(random.uniform(0.1, 1.0))
            answer = await asyncio.to_thread(system.ctl, "start", name)
            assert "running" in answer, answer
        await asyncio.sleep(1)
        done.set()
        await asyncio.gather(*writing)
        await asyncio.to_thread(system.until_well, 30)
        figures = await ledger.compare(reader, listener)
    print(json.dumps({"kills": KILLS, **figures, "refused": dict(ledger.refused), "cut": ledger.cut}))
    wrong = {name: n for name, n in figures.items() if name not in ("acknowledged", "events") and n}
    assert wrong == {}
    assert figures["acknowledged"] > KILLS
    assert listener.resets == 0
