"""People who read their mails, and what is asked of these."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from tests.fakes import Person
from tests.notifications_service.events import change, task_event, user_event
from tests.notifications_service.system import System
from tests.waiting import until

INBOX = "/api/notifications"
PREFERENCES = "/api/notifications/preferences"
PUBLIC = "https://tasks.example.com"
numbers = itertools.count(1)


@dataclass(frozen=True)
class Reader:
    """Somebody who is known here, with an address of their own."""

    person: Person
    address: str

    @property
    def id(self) -> int:
        return self.person.id


async def known(system: System, **state: Any) -> Reader:
    name = f"reader{next(numbers)}"
    person = system.users.register()
    address = state.pop("email", f"{name}@example.com")
    await system.publish(user_event(person.id, name, f"The {name}", email=address, **state))
    return Reader(person, address)


async def prefer(system: System, reader: Reader, **body: Any) -> None:
    answer = await system.http.put(PREFERENCES, json=body, headers=reader.person.headers)
    assert answer.status_code == 200, answer.text


async def mails(system: System, reader: Reader) -> list[Any]:
    return await system.session().fetch("SELECT * FROM mails WHERE recipient_id = $1 ORDER BY id", reader.id)


async def ended(system: System, reader: Reader, status: str) -> None:
    """Returns when there is a mail to this reader and all of them ended like this."""

    async def all_ended() -> bool:
        return {row["status"] for row in await mails(system, reader)} == {status}

    await until(all_ended)


async def hurry(system: System, reader: Reader, *, planned: bool = True) -> None:
    """What waits for later is due now; without `planned` only what waits for other changes of its task."""
    sql = "UPDATE mails SET send_at = now() WHERE recipient_id = $1 AND status = 'pending' AND (NOT is_planned OR $2)"
    await system.session().execute(sql, reader.id, planned)


def assigned(ann: Reader, bob: Reader, **task: Any) -> dict[str, Any]:
    return task_event(creator=ann.id, actor=ann.id, assignees=[bob.id], **task)


def updates(ann: Reader, bob: Reader, number: int) -> list[dict[str, Any]]:
    who: dict[str, Any] = {"creator": ann.id, "actor": ann.id, "assignees": [bob.id]}
    first = task_event("updated", changes={"title": change("a", "b")}, **who)
    task_id = first["data"]["task"]["id"]
    return [first, *(task_event("updated", task_id=task_id, version=v, **who) for v in range(2, number + 1))]


async def ended_in(system: System, reader: Reader, *either: set[str]) -> None:
    """Returns when what became of the mails to this reader is one of these."""

    async def holds() -> bool:
        return {row["status"] for row in await mails(system, reader)} in either

    await until(holds)
