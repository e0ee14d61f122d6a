"""Who may see and do what. What nobody may see is left out by the query itself, so a forgotten check shows nothing.

Administrators see and do everything. Everybody else has what each of their parts in a task gives them, taken together:

                    sees   changes   takes out of its project   deletes, restores
creator             yes    yes       yes                        yes
assignee            yes    yes       no                         no
project owner       yes    yes       yes                        yes
project maintainer  yes    yes       yes                        yes
project member      yes    yes       yes                        no
project viewer      yes    no        no                         no

So a viewer who made a task changes it, and who is only assigned cannot take it away from the project's members.
A project is seen by its members alone. Members put tasks into it; maintainers change it, its statuses and its fields,
and the members who are not owners; owners do everything. Everybody may leave. One owner stays always.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.auth import Principal
from tasks_service.errors import (
    ProjectArchived,
    ProjectChangeRefused,
    ProjectPlaceRefused,
    TaskChangeRefused,
    TaskCreationRestricted,
    TaskDeletionRefused,
    TaskMoveRefused,
)
from tasks_service.settings import Settings

Row = Mapping[str, Any]

WRITERS = ("owner", "maintainer", "member")
MAINTAINERS = ("owner", "maintainer")
# That the project of `tasks t` is not archived: what is in such a one does not change, whoever asks.
LIVELY = "NOT EXISTS (SELECT FROM projects still WHERE still.id = t.project_id AND still.archived)"


def _in_project(user: str, roles: Iterable[str] = ()) -> str:
    """Whether the user is in the project of `tasks t`, in one of these roles if any are named."""
    only = f" AND own.role IN ({', '.join(repr(role) for role in roles)})" if roles else ""
    return f"""t.project_id = ANY(
        ARRAY(SELECT own.project_id FROM project_members own WHERE own.user_id = {user}::bigint{only}))"""


def made_or_assigned(user: str) -> tuple[str, str]:
    """Two of the three conditions on `tasks t` that each let a user see it; the third is the project."""
    return f"t.created_by = {user}::bigint", f"t.assignee_ids @> ARRAY[{user}::bigint]"


def mine(user: str) -> str:
    """The condition on `tasks t` that holds for what a user sees who is no administrator; `user` is a SQL parameter."""
    return f"({' OR '.join((*made_or_assigned(user), _in_project(user)))})"


def visible(user: str, admin: str) -> str:
    """The same for anybody; `admin` is the parameter that says whether the user is an administrator."""
    return f"({admin}::boolean OR {mine(user)})"


def seen_by(user: str) -> str:
    """The same for a person of whom nothing but the id is known; `user` is SQL."""
    return f"({mine(user)} OR EXISTS (SELECT FROM people chief WHERE chief.id = {user} AND chief.role = 'admin'))"


def editable(user: str, admin: str) -> str:
    """The condition on `tasks t` that holds for those who may change it and write on it."""
    part = f"t.created_by = {user}::bigint OR t.assignee_ids @> ARRAY[{user}::bigint] OR {_in_project(user, WRITERS)}"
    return f"(({admin}::boolean OR {part}) AND {LIVELY})"


def deletable(user: str, admin: str) -> str:
    """The condition on `tasks t` that holds for those who may delete it."""
    part = f"t.created_by = {user}::bigint OR {_in_project(user, MAINTAINERS)}"
    return f"(({admin}::boolean OR {part}) AND {LIVELY})"


# Who may see a task, as SQL on `task t`: the audience of its events.
AUDIENCE = """ARRAY(SELECT DISTINCT unnest(t.assignee_ids || t.created_by || ARRAY(
            SELECT who.user_id FROM project_members who WHERE who.project_id = t.project_id)))"""


# Who watches a task and may see it: who is told besides, as SQL on `task t`.
WATCHERS = f"""ARRAY(SELECT w.user_id FROM task_watchers w
            WHERE w.task_id = t.id AND {seen_by("w.user_id")})"""


def require_creation(principal: Principal, settings: Settings) -> None:
    if settings.task_creation == "admins" and not principal.is_admin:
        raise TaskCreationRestricted


def may_change(principal: Principal, task: Row) -> bool:
    """`task` carries the caller's `role` in its project, as those of `queries.GET_TO_CHANGE` do."""
    part = task["created_by"] == principal.id or principal.id in task["assignee_ids"] or task["role"] in WRITERS
    return principal.is_admin or part


def may_delete(principal: Principal, task: Row) -> bool:
    return principal.is_admin or task["created_by"] == principal.id or task["role"] in MAINTAINERS


def require_change(principal: Principal, task: Row) -> None:
    if not may_change(principal, task):
        raise TaskChangeRefused
    if task["project_archived"]:
        raise ProjectArchived


def require_deletion(principal: Principal, task: Row) -> None:
    if not may_delete(principal, task):
        raise TaskDeletionRefused
    if task["project_archived"]:
        raise ProjectArchived


def may_take_out(principal: Principal, task: Row) -> bool:
    """Out of the project that the task is in, to another one or to none."""
    return principal.is_admin or task["created_by"] == principal.id or task["role"] in WRITERS


def require_taking_out(principal: Principal, task: Row) -> None:
    if not may_take_out(principal, task):
        raise TaskMoveRefused


def require_place(principal: Principal, project: Row) -> None:
    """To put a task into a project that the caller sees; `project` carries the caller's `role`."""
    if not (principal.is_admin or project["role"] in WRITERS):
        raise ProjectPlaceRefused
    if project["archived"]:
        raise ProjectArchived


def require_maintenance(principal: Principal, project: Row) -> None:
    if not (principal.is_admin or project["role"] in MAINTAINERS):
        raise ProjectChangeRefused


def require_ownership(principal: Principal, project: Row) -> None:
    if not (principal.is_admin or project["role"] == "owner"):
        raise ProjectChangeRefused("Only the project's owners and administrators may do this.")


def require_role(principal: Principal, project: Row, role: str) -> None:
    """To give somebody this role, or to take it: maintainers are no masters of owners."""
    if role == "owner":
        require_ownership(principal, project)
    else:
        require_maintenance(principal, project)
