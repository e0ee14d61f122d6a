"""Who may see and do what. What nobody may see is left out by the query itself, so a forgotten check shows nothing.

Administrators see and do everything. Others see the tasks that they created or are assigned to. Creators and assignees
edit; only the creator deletes.
"""

from shared.auth import Principal
from shared.database import Record
from tasks_service.errors import TaskCreationRestricted, TaskDeletionRefused
from tasks_service.settings import Settings


def mine(user: str) -> str:
    """The condition on `tasks t` that holds for what a user sees who is no administrator; `user` is a SQL parameter."""
    return f"(t.created_by = {user}::bigint OR t.assignee_ids @> ARRAY[{user}::bigint])"


def visible(user: str, admin: str) -> str:
    """The same for anybody; `admin` is the parameter that says whether the user is an administrator."""
    return f"({admin}::boolean OR {mine(user)})"


def editable(user: str, admin: str) -> str:
    """The condition on `tasks t` that holds for those who may change it and write on it."""
    return visible(user, admin)


def deletable(user: str, admin: str) -> str:
    """The condition on `tasks t` that holds for those who may delete it."""
    return f"({admin}::boolean OR t.created_by = {user}::bigint)"


# Who may see a task, as SQL on `task t`: the audience of its events.
AUDIENCE = "ARRAY(SELECT DISTINCT unnest(t.assignee_ids || t.created_by))"


def require_creation(principal: Principal, settings: Settings) -> None:
    if settings.task_creation == "admins" and not principal.is_admin:
        raise TaskCreationRestricted


def require_deletion(principal: Principal, task: Record) -> None:
    if not (principal.is_admin or task["created_by"] == principal.id):
        raise TaskDeletionRefused
