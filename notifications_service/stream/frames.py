"""What an event looks like from outside: the frame of sockets and lists, and the content of a webhook's delivery."""

from dataclasses import dataclass
from typing import Any

from notifications_service.topics import Visible
from shared.database import Record
from shared.responses import encode
from shared.states import ProjectChange, TaskChange


@dataclass(slots=True, frozen=True)
class Parts:
    """A frame around its task: one that hangs on a task is shown with the newest state that listeners have seen.
    `task` is None, and `head` the whole, for what has none."""

    head: str
    task: str | None
    tail: str


def content(event: Visible) -> dict[str, Any]:
    """What the event says, its task first. Every one has `changes`, so that clients need not ask."""
    data = event.data
    shown: dict[str, Any] = {}
    for name, part in data:
        if name not in ("changes", "watchers", "mentioned"):
            shown[name] = part.model_dump() if hasattr(part, "model_dump") else part
    changes = data.changes if isinstance(data, TaskChange | ProjectChange) else {}
    shown["changes"] = {name: change.model_dump(by_alias=True) for name, change in changes.items()}
    return {name: shown.pop(name) for name in ("task", "project") if name in shown} | shown


def parts_of(event: Visible) -> Parts:
    shown = content(event)
    about = {"event_id": event.id, "actor_id": event.actor, "occurred_at": event.time}
    action = event.type.replace(".", "_")
    if "task" not in shown:
        whole = {"type": "project_update", "action": action, **shown, **about}
        return Parts(encode(whole).decode(), None, "")
    task = encode(shown.pop("task")).decode()
    rest = encode({**shown, **about}).decode()
    return Parts(f'{{"type":"task_update","action":"{action}","task":', task, f",{rest[1:]}")


def notification_frame(row: Record) -> str:
    shown: dict[str, Any] = {name: value for name, value in row.items() if name != "recipient_id"}
    return encode({"type": "notification", "action": "notification_created", "notification": shown}).decode()


def framed(text: bytes) -> bytes:
    """A whole message of a socket, as RFC 6455 has a server write it."""
    size = len(text)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 1 << 16:
        head = b"\x81\x7e" + size.to_bytes(2)
    else:
        head = b"\x81\x7f" + size.to_bytes(8)
    return head + text
