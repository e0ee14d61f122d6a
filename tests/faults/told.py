"""Who must have been told what: the ledger of acknowledged writes against events, inboxes, mails and webhooks."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import httpx

from tests.faults.ledger import Sent
from tests.system.people import Person

Write = tuple[str, int, int]  # action, id of the task or comment, version
Row = tuple[str, int, str]  # event, recipient, kind

# Of each action: what the first reader is told, and what the second one, whom each comment mentions.
KINDS = {
    "task_created": ("task_assigned", "task_assigned"),
    "task_updated": ("task_updated", "task_updated"),
    "comment_added": ("comment_added", "mentioned"),
}
MAILED = {"task_assigned", "mentioned"}  # as the preferences are at first
EVENT_MAIL = re.compile(r"<([0-9a-f-]{36})\.(\d+)@")


@dataclass
class Writes(Sent):
    """What the system said yes to, while two readers are told of it."""

    readers: tuple[Person, Person] = field(kw_only=True)
    acknowledged: set[Write] = field(default_factory=set)

    async def go_on(self, writer: Person, done: asyncio.Event, pause: float) -> None:
        """A task for both readers, a change of it, and a comment that mentions the second one, again and again."""
        assigned = [reader.id for reader in self.readers]
        while not done.is_set():
            task = await self.send(writer, "POST", "/api/tasks", {"title": "made", "assignee_ids": assigned})
            if task is not None:
                self.acknowledged.add(("task_created", task["id"], task["version"]))
                await asyncio.sleep(pause)
                path = f"/api/tasks/{task['id']}"
                if changed := await self.send(writer, "PATCH", path, {"title": "changed"}):
                    self.acknowledged.add(("task_updated", changed["id"], changed["version"]))
                await asyncio.sleep(pause)
                body = {"body": f"@{self.readers[1].name}, look"}
                if comment := await self.send(writer, "POST", f"{path}/comments", body):
                    self.acknowledged.add(("comment_added", comment["id"], comment["version"]))
            await asyncio.sleep(pause)


async def all_events(person: Person) -> list[dict[str, Any]]:
    """Everything that happened and that this person may see, in its order."""
    found: list[dict[str, Any]] = []
    query = {"limit": "100"}
    while True:
        answer = await person.get(f"/api/events?{httpx.QueryParams(query)}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [item for item in page["items"] if item["type"] == "task_update"]
        if not page["items"] or page["next_cursor"] in (None, query.get("after")):
            return found
        query["after"] = page["next_cursor"]


def write_of(event: dict[str, Any]) -> Write:
    subject = event["comment"] if event["action"] == "comment_added" else event["task"]
    return event["action"], subject["id"], subject["version"]


def rows_of(events: Sequence[dict[str, Any]], readers: Sequence[Person]) -> set[Row]:
    """The inbox rows that there must be."""
    told = ((event["event_id"], zip(readers, KINDS[event["action"]], strict=True)) for event in events)
    return {(event_id, reader.id, kind) for event_id, both in told for reader, kind in both}


async def inboxes(readers: Sequence[Person]) -> Counter[Row]:
    rows: Counter[Row] = Counter()
    for reader in readers:
        found = await reader.everything("/api/notifications")
        rows.update((row["event_id"], reader.id, row["kind"]) for row in found)
    return rows


def mails_of(rows: set[Row]) -> set[tuple[str, int]]:
    """Event and recipient of each mail that there must be: together its Message-ID."""
    return {(event_id, recipient) for event_id, recipient, kind in rows if kind in MAILED}


def mailed(received: Sequence[EmailMessage]) -> Counter[tuple[str, int]]:
    """How often each mail of an event came. Mails about accounts have other ids."""
    found = (EVENT_MAIL.match(str(message["Message-ID"])) for message in received)
    return Counter((match[1], int(match[2])) for match in found if match)
