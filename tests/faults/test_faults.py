"""Every process killed or frozen under load, and the ledger afterwards. `make faults` does more of it."""

import asyncio
import json
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.ledger import Ledger
from tests.system.people import Listener, Person
from tests.system.running import LIFTED, RunningSystem

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

FAULTS = int(os.environ.get("FAULTS", "11"))  # one for each process
WRITERS = 4
PAUSE = 0.1  # with four writers about 30 writes a second


Fault = Callable[[RunningSystem, str], Awaitable[None]]


@pytest.fixture
def fresh_stack(tmp_path: Path) -> Iterator[RunningSystem]:
    with RunningSystem("stack", tmp_path, **LIFTED) as system:
        yield system


def victims(system: RunningSystem, number: int) -> list[str]:
    """Every name equally often, in random order."""
    names = [line.split()[0] for line in system.ctl("ps").strip().splitlines()]
    return [name for _ in range(number // len(names) + 1) for name in random.sample(names, len(names))][:number]


async def kill(system: RunningSystem, name: str) -> None:
    """`kill -9` of the process and its children; started again a moment later."""
    await asyncio.to_thread(system.ctl, "kill", name)
    await asyncio.sleep(random.uniform(0.1, 1.0))
    answer = await asyncio.to_thread(system.ctl, "start", name)
    assert "running" in answer, answer


async def freeze(system: RunningSystem, name: str) -> None:
    """SIGSTOP for some seconds, as a long pause of the machine would."""
    await asyncio.to_thread(system.ctl, "stop", name)
    await asyncio.sleep(random.uniform(1.0, 4.0))
    await asyncio.to_thread(system.ctl, "cont", name)


@pytest.mark.parametrize("fault", [kill, freeze])
async def test_nothing_is_lost_or_doubled(fresh_stack: RunningSystem, fault: Fault) -> None:
    system = fresh_stack
    reader, *writers = [await Person.registered(system.base) for _ in range(WRITERS + 1)]
    ledger, done = Ledger(), asyncio.Event()
    async with Listener(reader) as listener:
        writing = [asyncio.create_task(ledger.write_until(done, w, reader.id, PAUSE)) for w in writers]
        for name in victims(system, FAULTS):
            await asyncio.sleep(random.uniform(0.5, 2.0))
            await fault(system, name)
        await asyncio.sleep(1)
        done.set()
        await asyncio.gather(*writing)
        await asyncio.to_thread(system.until_well, 30)
        figures = await ledger.compare(reader, listener)
    print(json.dumps({fault.__name__: FAULTS, **figures, "refused": dict(ledger.refused), "cut": ledger.cut}))
    wrong = {name: n for name, n in figures.items() if name not in ("acknowledged", "events") and n}
    assert wrong == {}
    assert figures["acknowledged"] > FAULTS
    assert listener.resets == 0
