"""Scopes: what a personal access token may be used for. Who signed in has `*`, everything that the role may do.

The scope that an operation needs follows from its router's tag and its method: `tasks:read` for GET and HEAD of what
belongs to tasks, `tasks:write` for the rest; writing does not include reading, `tasks:*` is both. What is for
administrators needs `admin` besides, and without that scope an administrator's token is a plain user's. An operation
whose tag belongs to no family takes no personal token at all, unless its route says otherwise with
`openapi_extra={"x-token-scopes": [...]}`.
"""

from collections.abc import Collection, Sequence
from typing import Any

from shared.errors import InsufficientScope

ALL = ("*",)
"""The scopes of somebody who signed in, as opposed to a token made for one purpose."""

ADMIN = "admin"
EXTRA = "x-token-scopes"
ANY_TOKEN: dict[str, Any] = {EXTRA: []}
"""The `openapi_extra` of an operation that takes every token, whatever its scopes."""

FAMILIES = {
    "tasks": (
        *("tasks", "subtasks", "bulk", "sync", "trash", "comments", "reactions", "attachments", "labels", "views"),
        *(
            "watchers",
            "reminders",
            "time entries",
            "activity",
            "reports",
            "search",
            "dashboard",
            "live updates",
            "events",
        ),
        *("import", "export", "import and export", "imports", "exports", "transfer"),
    ),
    "projects": ("projects", "members", "project members", "statuses", "fields", "custom fields"),
    "notifications": ("notifications", "notification templates", "templates", "preferences", "calendar"),
    "webhooks": ("webhooks", "deliveries"),
}
"""The tags of each family."""

FAMILY_OF = {tag: family for family, tags in FAMILIES.items() for tag in tags}
GRANTABLE = (*(f"{family}:{right}" for family in FAMILIES for right in ("read", "write", "*")), ADMIN)
"""What a personal access token can be given."""


def needed(tags: Sequence[Any], methods: Collection[str], extra: dict[str, Any] | None) -> tuple[str, ...] | None:
    """The scopes that a token must have for an operation, all of them; None where no personal token is taken."""
    if extra is not None and EXTRA in extra:
        return None if extra[EXTRA] is None else tuple(extra[EXTRA])
    family = next((FAMILY_OF[tag] for tag in tags if tag in FAMILY_OF), None)
    if family is None:
        return None
    return (f"{family}:read" if set(methods) <= {"GET", "HEAD"} else f"{family}:write",)


def with_admin(scopes: tuple[str, ...] | None) -> tuple[str, ...]:
    """The same for an operation that is for administrators."""
    return (ADMIN,) if scopes is None else (*scopes, *({ADMIN} - set(scopes)))


def covers(granted: Collection[str], scope: str) -> bool:
    return scope in granted or "*" in granted or f"{scope.partition(':')[0]}:*" in granted


def require(granted: Collection[str], wanted: tuple[str, ...] | None) -> None:
    """Raises InsufficientScope unless everything wanted was granted."""
    if wanted is None or not all(covers(granted, scope) for scope in wanted):
        raise InsufficientScope(wanted)


def explain(wanted: Sequence[str] | None) -> str:
    """The sentence in an operation's description."""
    if wanted is None:
        return "Not for personal access tokens: sign in."
    if not wanted:
        return "Personal access tokens need no particular scope."
    return f"Personal access tokens need {' and '.join(f'`{scope}`' for scope in wanted)}."
