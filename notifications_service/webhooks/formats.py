"""What is sent: the event itself, or a sentence about it for a chat."""

from typing import Any

import orjson

DEEDS = {
    "task.created": "created",
    "task.updated": "changed",
    "task.deleted": "deleted",
    "task.restored": "restored",
    "task.due_soon": "is due soon:",
    "task.overdue": "is overdue:",
    "comment.added": "commented on",
    "comment.updated": "edited a comment on",
    "comment.deleted": "deleted a comment on",
    "attachment.added": "added a file to",
    "attachment.deleted": "removed a file from",
    "project.created": "created the project",
    "project.updated": "changed the project",
    "project.deleted": "deleted the project",
    "project.member_added": "added somebody to the project",
    "project.member_updated": "gave somebody another role in the project",
    "project.member_removed": "removed somebody from the project",
}
TIMED = ("task.due_soon", "task.overdue")
EXCERPT = 300  # characters of a comment
SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
MARKDOWN = str.maketrans({c: f"\\{c}" for c in "\\`*_~|[]()<>#@"})


def body_of(format_: str, payload: str, actor: str | None, public_url: str) -> bytes:
    """The request's body. In chats nothing that people wrote becomes a command, a link or a mention."""
    if format_ == "taskwire":
        return payload.encode()
    event: dict[str, Any] = orjson.loads(payload)
    if format_ == "slack":
        return orjson.dumps({"text": _sentence(event, actor, public_url, SLACK, "<{1}|{0}>")})
    text = _sentence(event, actor, public_url, MARKDOWN, "[{0}]({1})")
    if format_ == "discord":
        return orjson.dumps({"content": text, "allowed_mentions": {"parse": []}})
    return orjson.dumps({"text": text, "username": "Taskwire"})


def _sentence(event: dict[str, Any], actor: str | None, public_url: str, escapes: dict[int, Any], link: str) -> str:
    data, kind = event["data"], event["type"]
    if kind not in DEEDS:
        return "This is a test of your webhook."
    task, project = data.get("task"), data.get("project")
    deed = "completed" if _completed(data) else DEEDS[kind]
    subject = task["title"] if task else project["name"]
    named = f"{task['key']} {subject}" if task and task["key"] else subject
    address = f"{public_url}/tasks/{task['id']}" if task else f"{public_url}/projects/{project['id']}"
    who = "A task" if kind in TIMED else (actor or "Somebody").translate(escapes)
    text = f"{who} {deed} {link.format(named.translate(escapes), address)}"
    comment = data.get("comment")
    return f"{text}: {comment['body'][:EXCERPT].translate(escapes)}" if comment and kind == "comment.added" else text


def _completed(data: dict[str, Any]) -> bool:
    return bool(data["changes"].get("status", {}).get("to") == "completed")
