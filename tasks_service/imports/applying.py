"""A chunk of rows becomes tasks: new ones by one statement, those imported before brought up to date. All of it in the
transaction of the caller, so that a chunk is done or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.auth import Principal
from shared.conditional import NONE
from shared.database import Record, Session
from shared.errors import FieldError, Problem
from shared.http import PeerClient
from tasks_service.bulk import making
from tasks_service.imports import queries
from tasks_service.imports.bodies import Refusal, body_of, look_up
from tasks_service.imports.rows import Row
from tasks_service.settings import Settings
from tasks_service.tasks import service as tasks
from tasks_service.tasks.schemas import TaskCreate

TRASHED = FieldError("/external_id", "the task that was made of it is in the trash")


@dataclass(slots=True)
class Outcome:
    created: int = 0
    updated: int = 0
    errors: list[tuple[int, FieldError]] = field(default_factory=list)

    def refuse(self, row: Row, errors: Sequence[FieldError]) -> None:
        self.errors += [(row.number, error) for error in errors]


@dataclass(slots=True, frozen=True)
class Importer:
    """On whose behalf, and from where, rows are taken."""

    principal: Principal
    settings: Settings
    users: PeerClient
    source: str
    project_id: int | None

    async def apply(self, session: Session, rows: Sequence[Row]) -> Outcome:
        outcome = Outcome()
        named = await look_up(session, self.principal, self.project_id, rows)
        known = await self._known(session, [row.external_id for row in rows if row.external_id])
        new: list[tuple[Row, TaskCreate]] = []
        old: list[tuple[Row, TaskCreate]] = []
        met: set[str] = set(known)
        for row in rows:
            try:
                body = body_of(row, named)
            except Refusal as refusal:
                outcome.refuse(row, refusal.errors)
                continue
            (old if row.external_id in met else new).append((row, body))
            if row.external_id:
                met.add(row.external_id)
        known |= await self._create(session, new, outcome)
        await self._update(session, old, known, outcome)
        return outcome

    async def _known(self, session: Session, ids: Sequence[str]) -> dict[str, Record]:
        rows = await session.fetch(queries.KNOWN, self.principal.id, self.source, list(ids)) if ids else []
        return {row["external_id"]: row for row in rows}

    async def _create(
        self, session: Session, new: Sequence[tuple[Row, TaskCreate]], outcome: Outcome
    ) -> dict[str, Record]:
        if not new:
            return {}
        bodies = [body for _, body in new]
        who = (self.principal, self.settings, self.users)
        result = await making.create_tasks(session, *who, bodies, atomic=False, dry_run=False)
        made: dict[str, Record] = {}
        for (row, _), told in zip(new, result["results"], strict=True):
            if told["id"] is None:
                outcome.refuse(row, _errors_of(told["error"]))
                continue
            outcome.created += 1
            if row.external_id:
                made[row.external_id] = {"external_id": row.external_id, "task_id": told["id"], "is_trashed": False}
        ids = [entry["task_id"] for entry in made.values()]
        await session.execute(queries.REMEMBER, self.principal.id, self.source, list(made), ids)
        return made

    async def _update(
        self, session: Session, old: Sequence[tuple[Row, TaskCreate]], known: dict[str, Record], outcome: Outcome
    ) -> None:
        for row, body in old:
            entry = known.get(row.external_id or "")
            if entry is None:  # the row before it with the same id was refused
                outcome.refuse(row, [FieldError("/external_id", "the row before it with this id was refused")])
            elif entry["is_trashed"]:
                outcome.refuse(row, [TRASHED])
            else:
                given = {name: getattr(body, name) for name in body.model_fields_set - {"client_id"}}
                await self._change(session, row, entry["task_id"], given, outcome)

    async def link(self, session: Session, rows: Sequence[Row]) -> Outcome:
        """Puts rows below others and behind others, once all of them are tasks."""
        outcome = Outcome()
        wanted = {one for row in rows for one in (row.external_id, row.parent, *row.blocked_by) if one}
        known = await self._known(session, list(wanted))
        for row in rows:
            entry = known.get(row.external_id or "")
            if entry is None or entry["is_trashed"]:
                continue  # refused before
            lost = [one for one in (row.parent, *row.blocked_by) if one and one not in known]
            if lost:
                pointer = "/parent" if lost[0] == row.parent else "/blocked_by"
                outcome.refuse(row, [FieldError(pointer, f"there is no row with the id {lost[0]}")])
                continue
            given: dict[str, Any] = {}
            if row.parent:
                given["parent_id"] = known[row.parent]["task_id"]
            if row.blocked_by:
                given["blocked_by"] = [known[one]["task_id"] for one in row.blocked_by]
            await self._change(session, row, entry["task_id"], given, outcome)
        outcome.updated = 0  # they were counted as what they became
        return outcome

    async def _change(self, session: Session, row: Row, task_id: int, given: dict[str, Any], outcome: Outcome) -> None:
        """Writes what is different, and counts the row all the same."""
        try:
            task = await tasks.get_task(session, self.principal, task_id)
            different = {name: value for name, value in given.items() if task[name] != value}
            if different:
                await tasks.change_task(session, self.principal, self.users, task_id, different, NONE)
        except Problem as problem:
            outcome.refuse(row, _errors_of({"detail": str(problem), "errors": [vars_of(e) for e in problem.errors]}))
            return
        outcome.updated += 1


def vars_of(error: FieldError) -> dict[str, str]:
    return {"pointer": error.pointer, "message": error.message}


def _errors_of(error: dict[str, Any]) -> list[FieldError]:
    listed = error.get("errors")
    return [FieldError(**one) for one in listed] if listed else [FieldError("", error["detail"])]
