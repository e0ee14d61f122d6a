"""The mail that a person is sent, made of what its items say."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import orjson
from pydantic import SecretStr

from notifications_service.email.dates import show_date, show_time
from notifications_service.email.schedule import zone_of
from notifications_service.email.unsubscribe import ALL, Subscription
from shared.database import Record


def message_id(items: Sequence[Record], recipient_id: int, public_url: str) -> str:
    """The same at every try: of the first event and the recipient."""
    host = urlsplit(public_url).hostname or "localhost"
    return f"<{items[0]['event_id']}.{recipient_id}@{host}>"


def template_of(mail: Mapping[str, Any], items: Sequence[Record]) -> str:
    kind: str = mail["template"] or ("digest" if len(items) > 1 else items[0]["kind"])
    return kind


def unsubscribe_url(items: Sequence[Record], recipient_id: int, public_url: str, key: SecretStr) -> str:
    """Ends mails of this kind; of all kinds where there are several in it."""
    kinds = {item["kind"] for item in items}
    token = Subscription(recipient_id, kinds.pop() if len(kinds) == 1 else ALL).token(key)
    return f"{public_url}/api/notifications/unsubscribe/{token}"


def context_of(recipient: Record, items: Sequence[Record], public_url: str, unsubscribe: str | None) -> dict[str, Any]:
    """What templates are given, as `templates.sample` shows it."""
    shown = [_item(item, recipient, public_url) for item in items]
    tasks = {item["task_id"] for item in items}
    return {
        "recipient": {"name": recipient["full_name"] or recipient["username"], "username": recipient["username"]},
        "item": shown[0],
        "items": shown,
        "task": shown[0]["task"] if len(tasks) == 1 else None,
        "public_url": public_url,
        "unsubscribe_url": unsubscribe,
    }


def _item(item: Record, recipient: Record, public_url: str) -> dict[str, Any]:
    details = orjson.loads(item["details"])
    task, locale = details.get("task"), recipient["locale"]
    if task:
        due = task["due_date"]
        task = {**task, "due": show_date(date.fromisoformat(due), locale) if due else None}
    return {
        "kind": item["kind"],
        "message": item["message"],
        "when": show_time(item["happened_at"].astimezone(zone_of(recipient["timezone"])), locale),
        "url": f"{public_url}/tasks/{item['task_id']}" if item["task_id"] else f"{public_url}/inbox",
        "task": task,
        "comment": details.get("comment"),
    }
