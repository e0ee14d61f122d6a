"""The events of projects. They go to the members; who is removed hears that as the last thing."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from shared import context
from shared.auth import Principal
from shared.database import Session
from shared.states import MemberChange, Membership, ProjectChange, ProjectState
from tasks_service.projects import queries

Row = Mapping[str, Any]


async def record(
    session: Session, event_type: str, principal: Principal, project: Row, changes: Row | None = None
) -> None:
    """What happened to the project itself."""
    data = ProjectChange.model_validate({"project": _state(project), "changes": changes or {}})
    await _record(session, event_type, principal, project, data, [])


async def record_member(session: Session, event_type: str, principal: Principal, project: Row, member: Row) -> None:
    membership = Membership(user_id=member["user_id"], role=member["role"])
    data = MemberChange(project=_state(project), member=membership)
    await _record(session, event_type, principal, project, data, [member["user_id"]])


async def _record(
    session: Session, event_type: str, principal: Principal, project: Row, data: BaseModel, also: list[int]
) -> None:
    given = (event_type, project["id"], project["version"], principal.id, also, data.model_dump_json(by_alias=True))
    await session.execute(queries.RECORD, *given, *context.event())
    session.event_recorded()


def _state(project: Row) -> ProjectState:
    return ProjectState.model_validate(dict(project))
