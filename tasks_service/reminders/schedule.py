"""The loop of reminders. A reminder and the note that it was sent are one transaction, so any number of loops may run,
be killed and started again, and the clock may step: each is sent once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.database import Record, Session
from tasks_service.reminders import queries
from tasks_service.reminders.moments import KEPT, LAST, STALE, Moments, zone_of
from tasks_service.settings import Settings

UNKNOWN_PAUSE = timedelta(seconds=10)  # until somebody's account is heard of, which says where they live
ARCHIVED_PAUSE = timedelta(hours=6)  # nothing is told of a project that is put aside, until it is taken up again
STEP_BACK = timedelta(minutes=1)
HORIZON = timedelta(days=10)


@dataclass(slots=True, frozen=True)
class Sending:
    """A reminder that is due."""

    task_id: int
    recipient_id: int
    due_date: date
    kind: str
    type: str
    lead_minutes: int | None = None


@dataclass(slots=True)
class Findings:
    """What there is to send of one task, and when to look at it again: None for never."""

    sendings: list[Sending]
    again: datetime | None = None

    def look_again(self, at: datetime | None) -> None:
        if at is not None and (self.again is None or at < self.again):
            self.again = at


class Reminders:
    """What one process remembers between two turns: the time, to see when the clock was set back."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last: datetime | None = None

    async def send_due(self, session: Session, now: datetime | None = None) -> bool:
        """One turn of the loop; whether there may be more."""
        now = now or datetime.now(UTC)
        if self._last is None or now < self._last - STEP_BACK:
            await session.execute(queries.RECHECK, (self._last or now) + HORIZON)
        self._last = now
        async with session.begin():
            tasks = await session.fetch(queries.DUE, now)
            if tasks:
                await self._handle(session, tasks, now)
        return len(tasks) == queries.BATCH

    async def _handle(self, session: Session, tasks: Sequence[Record], now: datetime) -> None:
        ids = [task["task_id"] for task in tasks]
        own: dict[int, list[Record]] = {}
        for reminder in await session.fetch(queries.OWN_OF, ids):
            own.setdefault(reminder["task_id"], []).append(reminder)
        wanted = {i for task in tasks if task["exists"] for i in task["recipients"]}
        wanted |= {reminder["user_id"] for reminders in own.values() for reminder in reminders}
        people = {row["id"]: row for row in await session.fetch(queries.PEOPLE, list(wanted))}
        found = {task["task_id"]: self._look_at(task, own.get(task["task_id"], ()), people, now) for task in tasks}
        sendings = [sending for one in found.values() for sending in one.sendings]
        if sendings:
            await session.execute(queries.SEND, *_columns(sendings))
            session.event_recorded()
        again = {task_id: one.again for task_id, one in found.items() if one.again is not None}
        await session.execute(queries.AGAIN, list(again), list(again.values()))
        await session.execute(queries.DONE, [task_id for task_id in ids if task_id not in again])

    def _look_at(self, task: Record, own: Iterable[Record], people: Mapping[int, Record], now: datetime) -> Findings:
        findings = Findings([])
        if not task["exists"] or not task["is_open"]:
            return findings
        if task["is_archived"]:
            findings.look_again(now + ARCHIVED_PAUSE)
            return findings
        due = task["due_date"] if task["due_date"] and task["due_date"] < LAST else None
        if due is not None:
            for user_id in task["recipients"]:
                self._of_due_date(findings, task["task_id"], due, user_id, people.get(user_id), now)
        for reminder in own:
            self._own(findings, due, reminder, people.get(reminder["user_id"]), now)
        return findings

    def _of_due_date(
        self, findings: Findings, task_id: int, due: date, user_id: int, person: Record | None, now: datetime
    ) -> None:
        if person is None:
            findings.look_again(now + UNKNOWN_PAUSE)
            return
        if not person["is_active"]:
            return
        moments = self._moments(due, person)
        if kind := moments.told_at(now):
            findings.sendings.append(Sending(task_id, user_id, due, kind, f"task.{kind}"))
        findings.look_again(moments.next_after(now))

    def _own(
        self, findings: Findings, due: date | None, reminder: Record, person: Record | None, now: datetime
    ) -> None:
        """A time that somebody chose, or so long before the end of the due date where they live."""
        if person is None:
            findings.look_again(now + UNKNOWN_PAUSE)
            return
        at, lead = reminder["at"], reminder["lead_minutes"]
        if at is None and due is None:
            return
        if at is None:
            assert due is not None
            at = self._moments(due, person).end - timedelta(minutes=lead)
        if at <= now < at + STALE:
            day = due if due and reminder["at"] is None else at.date()
            kind = f"own:{reminder['id']}"
            findings.sendings.append(
                Sending(reminder["task_id"], reminder["user_id"], day, kind, "task.due_soon", lead or 0)
            )
        findings.look_again(next((m for m in (at, at + KEPT) if m > now), None))

    def _moments(self, due: date, person: Record) -> Moments:
        zone, settings = zone_of(person["timezone"]), self._settings
        return Moments.of(due, zone, settings.due_soon_hours, settings.reminder_hour)


def _columns(sendings: Sequence[Sending]) -> tuple[list[Any], ...]:
    names = ("task_id", "recipient_id", "due_date", "kind", "type", "lead_minutes")
    return tuple([getattr(sending, name) for sending in sendings] for name in names)
