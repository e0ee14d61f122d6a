"""Avatars without uploads: the initials of a name on a colour that follows from the account's id."""

from typing import Any

from shared.database import Record

# Twelve hues apart from each other, dark enough for white letters (contrast of at least 4.5).
COLORS = (
    *("#b3261e", "#a63c06", "#8a5a00", "#5b6b00", "#2e7031", "#00695c"),
    *("#00658f", "#1a56c4", "#4a4fc4", "#7446b0", "#9a3899", "#ad2a63"),
)


def avatar_of(user: Record) -> dict[str, str]:
    words = [word for word in (user["full_name"] or user["username"]).split() if word[0].isalnum()]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return {"initials": "".join(letters).upper()[:2] or "?", "color": COLORS[user["id"] % len(COLORS)]}


def shown(user: Record, viewer_id: int | None = None) -> dict[str, Any]:
    """The account with its avatar, as answers have it; its next address is for its owner alone."""
    body = {**user, "avatar": avatar_of(user)}
    if viewer_id not in (None, user["id"]):
        body.pop("pending_email", None)
    return body
