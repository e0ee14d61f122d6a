"""Who may see what.

An inbox is its owner's; administrators may read those of others. An event is seen by its audience, the people who could
see the task when it happened, and by administrators.
"""

from notifications_service.errors import ForeignInbox
from shared.auth import Principal


def require_inbox(principal: Principal, user_id: int) -> None:
    """Who else there is stands in the directory, so this is a refusal and not a 404."""
    if not (principal.is_admin or principal.id == user_id):
        raise ForeignInbox


def visible(user: str, admin: str) -> str:
    """The condition on `stream_events e` that holds for what a user sees; both are SQL parameters."""
    return f"({admin}::boolean OR e.audience @> ARRAY[{user}::bigint])"
