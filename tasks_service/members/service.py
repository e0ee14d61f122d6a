"""The rules of members, and the only code that writes them.

All changes take the project's row lock, so that of two owners who leave at once one stays.
"""

from collections.abc import Mapping
from typing import Any

from shared import people
from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session
from shared.http import PeerClient
from shared.pagination import Listed, cut, start_id
from tasks_service import policies
from tasks_service.members import queries
from tasks_service.members.errors import AlreadyMember, LastOwner, MemberNotFound
from tasks_service.members.schemas import MemberAdd, MemberFilter
from tasks_service.projects.recording import record_member
from tasks_service.projects.service import get_project, lock_project


async def list_members(session: Session, principal: Principal, project_id: int, query: MemberFilter) -> Listed:
    await get_project(session, principal, project_id)
    scope = f"members of {project_id} {query.role}"
    total = await session.fetchval(queries.COUNT, project_id, query.role) if query.count else None
    after = start_id(query, scope, 0)
    rows = await session.fetch(queries.LIST, project_id, query.role, after, query.limit + 1)
    return *cut(rows, query, scope, by="user_id"), total


async def get_member(session: Session, principal: Principal, project_id: int, user_id: int) -> Record:
    await get_project(session, principal, project_id)
    member = await session.fetchrow(queries.GET, project_id, user_id)
    if member is None:
        raise MemberNotFound
    return member


async def add_member(
    session: Session, principal: Principal, users: PeerClient, project_id: int, body: MemberAdd
) -> Record:
    await _require_person(session, principal, users, project_id, body.user_id, body.role)
    async with session.begin():
        project = await lock_project(session, principal, project_id)
        policies.require_role(principal, project, body.role)
        if await session.fetchrow(queries.GET, project_id, body.user_id) is not None:
            raise AlreadyMember
        return await _add(session, principal, project, body.user_id, body.role)


async def set_member(
    session: Session,
    principal: Principal,
    users: PeerClient,
    project_id: int,
    user_id: int,
    role: str,
    preconditions: Preconditions = NONE,
) -> tuple[Record, bool]:
    """Adds the user or gives another role; the member, and whether that is a new one."""
    await _require_person(session, principal, users, project_id, user_id, role)
    async with session.begin():
        project = await lock_project(session, principal, project_id)
        policies.require_role(principal, project, role)
        member = await session.fetchrow(queries.GET, project_id, user_id)
        if member is None:
            preconditions.require(0)
            return await _add(session, principal, project, user_id, role), True
        policies.require_role(principal, project, member["role"])
        preconditions.require(member["version"])
        if member["role"] == role:
            return member, False
        await _require_owner_left(session, project_id, member)
        changed = await session.fetchrow(queries.UPDATE, project_id, user_id, role)
        assert changed is not None
        await session.execute(queries.NEW_VERSION, project_id)
        await record_member(session, "project.member_updated", principal, _next(project), changed)
    return changed, False


async def remove_member(
    session: Session, principal: Principal, project_id: int, user_id: int, preconditions: Preconditions = NONE
) -> None:
    """Everybody may remove themselves."""
    async with session.begin():
        project = await lock_project(session, principal, project_id)
        member = await session.fetchrow(queries.GET, project_id, user_id)
        if user_id != principal.id:
            policies.require_maintenance(principal, project)
        if member is None:
            raise MemberNotFound
        if user_id != principal.id:
            policies.require_role(principal, project, member["role"])
        preconditions.require(member["version"])
        await _require_owner_left(session, project_id, member)
        await session.execute(queries.REMOVE, project_id, user_id)
        await session.execute(queries.NEW_VERSION, project_id)
        await record_member(session, "project.member_removed", principal, _next(project), member)


async def _add(session: Session, principal: Principal, project: Mapping[str, Any], user_id: int, role: str) -> Record:
    member = await session.fetchrow(queries.ADD, project["id"], user_id, role)
    assert member is not None
    await record_member(session, "project.member_added", principal, project, member)
    return member


async def _require_person(
    session: Session, principal: Principal, users: PeerClient, project_id: int, user_id: int, role: str
) -> None:
    """Refuses users that do not exist or are not active. Asked before the project is locked, as it may be a call to
    another service, and after the caller's own right to it, so that nobody learns who exists by it."""
    policies.require_role(principal, await get_project(session, principal, project_id), role)
    if await session.fetchrow(queries.GET, project_id, user_id) is None:
        await people.require_active(session, users, [("/user_id", user_id)])


async def _require_owner_left(session: Session, project_id: int, member: Record) -> None:
    if member["role"] == "owner" and not await session.fetchval(queries.OTHER_OWNERS, project_id, member["user_id"]):
        raise LastOwner


def _next(project: Mapping[str, Any]) -> dict[str, Any]:
    return {**project, "version": project["version"] + 1}
