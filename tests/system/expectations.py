"""What everybody may expect of every operation, for the matrix.

The tables are kept by hand and by address, not read from the code that is judged. An operation that nothing is written
about fails, without any system running, in `tests/deploy/test_expectations.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.system.openapi import Operation

RIGHTS = ("read", "write", "*")
SCOPES = [*(f"{f}:{r}" for f in ("tasks", "projects", "notifications", "webhooks") for r in RIGHTS), "admin"]

PUBLIC = {
    "GET /.well-known/jwks.json",
    "POST /api/auth/register",
    "POST /api/auth/login",
    "POST /api/auth/token",
    "POST /api/auth/refresh",
    "POST /api/auth/password/forgot",
    "POST /api/auth/password/reset",
    "POST /api/auth/email/confirm",
    "GET /api/auth/oidc",
    "GET /api/auth/oidc/{provider}/login",
    "GET /api/auth/oidc/{provider}/callback",
    "POST /api/auth/oidc/exchange",
    "GET /api/notifications/unsubscribe/{token}",
    "POST /api/notifications/unsubscribe/{token}",
    "GET /api/calendar/{secret}.ics",
}
ADMINISTRATION = [
    r"GET /api/audit",
    r"\w+ /api/dead-letters(/.*)?",
    r"(GET|POST) /api/invitations",
    r"(GET|DELETE) /api/invitations/{invitation_id}",
    r"DELETE /api/users/{user_id}/2fa",
    r"POST /api/notifications/send",
    r"GET /api/notifications/stats",
    r"GET /api/notifications/deliveries",
    r"POST /api/notifications/deliveries/{mail_id}/retry",
    r"\w+ /api/notification-templates(/.*)?",
]
FOREIGN = {"GET /api/notifications/user/{user_id}"}
"""Where an id that nobody has is refused and not missing, because who there is stands in the directory."""

FAMILIES = [
    (
        "tasks",
        r"/api/(tasks|task-|comments|attachments|labels|views|activity|reports|imports|dashboard|events|time-entries)",
    ),
    ("tasks", r"/api/projects/{project_id}/(tasks|activity|labels|views|reports|export|import|burndown|summary)"),
    ("projects", r"/api/projects"),
    ("webhooks", r"/api/webhooks"),
    ("notifications", r"/api/(notifications|notification-templates|calendar)"),
    (None, r"/api/(auth|users|audit|invitations|dead-letters)"),
]
ANY_TOKEN = {"GET /api/users/me", "GET /api/users", "GET /api/auth/verify"}


@dataclass(frozen=True)
class Actor:
    """`scopes` are those of a personal access token; None for whoever signed in."""

    name: str
    token: str | None = field(repr=False)
    is_admin: bool = False
    scopes: tuple[str, ...] | None = None
    is_gone: bool = False


def family_of(operation: Operation) -> str | None:
    for family, pattern in FAMILIES:
        if re.match(pattern, operation.path):
            return family
    raise AssertionError(f"nothing is written about {operation}")


def is_administration(operation: Operation) -> bool:
    return any(re.fullmatch(pattern, f"{operation.method.upper()} {operation.path}") for pattern in ADMINISTRATION)


def wanted_scopes(operation: Operation) -> set[str] | None:
    """What a personal access token needs; None where no such token is taken."""
    if str(operation) in ANY_TOKEN:
        return set()
    family, administration = family_of(operation), is_administration(operation)
    wanted = {f"{family}:{'read' if operation.method == 'get' else 'write'}"} if family else set()
    if administration:
        return wanted | {"admin"}
    return wanted or None


def covers(scope: str, wanted: str) -> bool:
    return scope == wanted or scope == f"{wanted.partition(':')[0]}:*"


def expected(operation: Operation, actor: Actor) -> str:
    """`in`, `out` (401), `forbidden` (403) or `scope` (403 for want of a scope)."""
    if str(operation) in PUBLIC:
        return "in"
    if actor.token is None or actor.is_gone:
        return "out"
    powerful = actor.is_admin
    if actor.scopes is not None:
        wanted = wanted_scopes(operation)
        if wanted is None or not all(any(covers(scope, one) for scope in actor.scopes) for one in wanted):
            return "scope"
        powerful = actor.is_admin and "admin" in actor.scopes
    if (is_administration(operation) or str(operation) in FOREIGN) and not powerful:
        return "forbidden"
    return "in"
