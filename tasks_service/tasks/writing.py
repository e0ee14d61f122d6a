"""Changes of many tasks whose rows are locked. What follows from the same values may differ from task to task, so tasks
whose rows get the same are written by one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shared.auth import Principal
from shared.database import Record, Session
from shared.responses import OPTIONS
from tasks_service.projects import rules
from tasks_service.tasks import queries
from tasks_service.tasks.queries import FIELDS
from tasks_service.tasks.recording import event_of

Values = dict[str, Any]


@dataclass(slots=True, frozen=True)
class Change:
    before: Record
    after: Values
    changes: Values

    @property
    def new(self) -> Values:
        return {name: self.after[name] for name in self.changes}


def change_of(task: Record, given: Mapping[str, Any]) -> Change:
    """From the task to what it is with these values."""
    after: Values = {name: given.get(name, task[name]) for name in FIELDS}
    if "position" in given:
        after["position"] = given["position"]
    changes = {name: {"from": task[name], "to": value} for name, value in after.items() if task[name] != value}
    return Change(task, after, changes)


async def write_many(session: Session, principal: Principal, changes: Iterable[Change]) -> list[Record]:
    """The tasks as they are then, each with an event."""
    alike: dict[bytes, list[Change]] = {}
    for one in changes:
        new = {name: value for name, value in one.new.items() if name != "position"}
        key = orjson.dumps([new, "position" in one.changes], option=OPTIONS | orjson.OPT_SORT_KEYS)
        alike.setdefault(key, []).append(one)
    session.event_recorded()
    await session.execute(queries.MANY)
    return [task for group in alike.values() for task in await _write(session, principal, group)]


async def _write(session: Session, principal: Principal, group: Sequence[Change]) -> list[Record]:
    fields = tuple(group[0].changes)
    values = [value for name, value in group[0].new.items() if name != "position"]
    ids = [one.before["id"] for one in group]
    told = [orjson.dumps(one.changes, option=OPTIONS).decode() for one in group]
    positions = [one.after.get("position") for one in group]
    _, actor, _, *request = event_of(principal.id)
    keys = await _keys(session, group)
    return await session.fetch(queries.update_many(fields), ids, told, positions, keys, *values, actor, *request)


async def _keys(session: Session, group: Sequence[Change]) -> list[str | None]:
    """Those that the tasks get in another project, drawn at once."""
    project_id = group[0].new.get("project_id")
    drawn = await rules.draw_keys(session, {project_id: len(group)})
    return [next(drawn[project_id]) for _ in group]
