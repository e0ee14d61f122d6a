"""From what people type to what the API takes."""

from __future__ import annotations

import re
from datetime import date, timedelta

from deploy.remote.server import Body, Refused, Server

REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9]*-[0-9]+")
LATER = re.compile(r"\+([0-9]{1,4})([dw])")


def day(text: str, today: date) -> str | None:
    """`today`, `tomorrow`, `+3d`, `+2w`, `2026-12-24`; `none` for no day at all."""
    words = {"today": today, "tomorrow": today + timedelta(days=1)}
    if text == "none":
        return None
    if text in words:
        return words[text].isoformat()
    if later := LATER.fullmatch(text):
        return (today + timedelta(days=int(later[1]) * (7 if later[2] == "w" else 1))).isoformat()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused(f"{text!r} is no day: say today, tomorrow, +3d, +2w, none or a date such as 2026-12-24") from None


def task(server: Server, reference: str) -> Body:
    """The task with this id or key (`WEB-12`)."""
    if reference.isdecimal():
        return server.get(f"/api/tasks/{reference}")
    if not REFERENCE.fullmatch(reference):
        raise Refused(f"{reference!r} is neither a task's number nor a key such as WEB-12")
    found = server.get("/api/tasks", filter=f'key = "{reference.upper()}"', limit=1)["items"]
    if not found:
        raise Refused(f"There is no task {reference.upper()}, or it is not for you to see.")
    return server.get(f"/api/tasks/{found[0]['id']}")


def person(server: Server, name: str) -> int:
    """The id of `me`, a username or an id."""
    if name == "me":
        return int(server.get("/api/users/me")["id"])
    if name.isdecimal():
        return int(name)
    for entry in server.pages("/api/users", q=name):
        if entry["username"].lower() == name.lower():
            return int(entry["id"])
    raise Refused(f"There is nobody with the username {name}.")


def project(server: Server, name: str) -> int:
    """The id of a project by its key or id."""
    if name.isdecimal():
        return int(name)
    for entry in server.pages("/api/projects"):
        if entry["key"] == name.upper():
            return int(entry["id"])
    raise Refused(f"There is no project {name.upper()}, or you are not in it.")


def quoted(text: str) -> str:
    """A value of the filter language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def names(server: Server, ids: set[int]) -> dict[int, str]:
    """Usernames for these ids, as far as the first thousand people of the directory tell them."""
    found: dict[int, str] = {}
    for number, entry in enumerate(server.pages("/api/users", limit=100)):
        if ids <= found.keys() or number >= 1000:
            break
        found[entry["id"]] = entry["username"]
    return found
