"""A ledger of what the system said yes to, and the comparison with what is there afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.system.people import Listener, Person, until


@dataclass
class Entry:
    """One task: the last acknowledged state, and whether a write ended without an answer since."""

    task: dict[str, Any]
    certain: bool = True


@dataclass
class Sent:
    """`refused` counts answers that were no 2xx, `cut` requests without an answer."""

    refused: Counter[int] = field(default_factory=Counter)
    cut: int = 0

    async def send(self, writer: Person, method: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        try:
            answer = await writer.call(method, path, body)
        except httpx.TransportError:
            self.cut += 1
            return None
        if not answer.is_success:
            self.refused[answer.status_code] += 1
            return None
        found: dict[str, Any] = answer.json()
        return found


@dataclass
class Ledger(Sent):
    """`entries` by task id."""

    entries: dict[int, Entry] = field(default_factory=dict)

    async def write_until(self, done: asyncio.Event, writer: Person, reader_id: int, pause: float) -> None:
        """Makes tasks for the reader and changes each twice, one write after the other."""
        number = 0
        while not done.is_set():
            number += 1
            body = {"title": f"n{number}", "assignee_ids": [reader_id]}
            task = self._note(await self.send(writer, "POST", "/api/tasks", body))
            await asyncio.sleep(pause)
            for change in ("a", "b"):
                if task is None:
                    break
                entry = self.entries[task["id"]]
                path = f"/api/tasks/{task['id']}"
                task = self._note(await self.send(writer, "PATCH", path, {"title": f"n{number}{change}"}))
                entry.certain = task is not None
                await asyncio.sleep(pause)

    def _note(self, task: dict[str, Any] | None) -> dict[str, Any] | None:
        if task is not None:
            self.entries[task["id"]] = Entry(task)
        return task

    async def compare(self, reader: Person, listener: Listener) -> dict[str, int]:
        """Waits until everything has arrived, then counts what is wrong: all figures should be 0 but the first."""
        await until(lambda: self._all_heard(listener), 60)
        await asyncio.sleep(1)
        there = {task["id"]: task for task in await reader.everything("/api/tasks")}
        notices = await reader.everything("/api/notifications")
        assigned = Counter(n["task_id"] for n in notices if n["kind"] == "task_assigned")
        rows = Counter((n["event_id"], n["kind"]) for n in notices)
        wrong: Counter[str] = Counter(
            lost_tasks=0, changed_tasks=0, lost_rows=0, doubled_rows=0, missed_events=0, doubled_events=0, disorder=0
        )
        for task_id, entry in self.entries.items():
            found = there.get(task_id)
            wrong["lost_tasks"] += found is None
            wrong["changed_tasks"] += found is not None and not _agrees(found, entry)
            wrong["lost_rows"] += assigned[task_id] == 0
        for task_id, task in there.items():
            heard = listener.versions(task_id)
            wrong["missed_events"] += len(set(range(1, task["version"] + 1)) - set(heard))
            wrong["doubled_events"] += len(heard) - len(set(heard))
            wrong["disorder"] += heard != sorted(heard)
        wrong["doubled_rows"] = sum(n - 1 for n in rows.values())
        return {"acknowledged": len(self.entries), "events": len(listener.frames), **wrong}

    def _all_heard(self, listener: Listener) -> bool:
        heard = {(f["task"]["id"], f["task"]["version"]) for f in listener.frames}
        return all((task_id, entry.task["version"]) in heard for task_id, entry in self.entries.items())


def _agrees(found: dict[str, Any], entry: Entry) -> bool:
    """Equal to what was acknowledged, or newer by the one write whose answer was lost."""
    if entry.certain:
        return found == entry.task
    return found["version"] - entry.task["version"] in (0, 1)
