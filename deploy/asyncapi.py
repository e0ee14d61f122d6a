"""The AsyncAPI 3.0 document: what travels over the broker and to those who listen, from the classes that define it."""

from __future__ import annotations

import importlib
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Document = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = """Every event is a CloudEvents 1.0 envelope on the topic exchange `taskwire.events`; its type is the
routing key. There is one event for each committed version of a task, with what changed in `changes`. Listeners outside
take the WebSocket (`auth` first, then `ready`, then a `task_update` or `project_update` for everything they may see),
or the same frames as Server-Sent Events; webhooks get the same content. A socket that subscribes gets only what matches
one of its subscriptions; without any, everything."""
LIVE, EVENT_STREAM, WEBHOOK = "live", "stream", "webhook"


def describe() -> Document:
    from shared import events

    published: list[type[BaseModel]] = list(get_args(events.Known))
    stream = importlib.import_module("notifications_service.stream.schemas")
    commands = importlib.import_module("notifications_service.stream.commands")
    followed = [stream.Ready, stream.TaskUpdate, stream.ProjectUpdate, stream.NotificationCreated, stream.Reset]
    answers = [stream.Subscribed, stream.Present, stream.Pong, stream.Refusal]
    said = [stream.Hello, *get_args(commands.Command)]
    own = [*followed, *answers, *said]
    mode: Any = "serialization"
    _, schemas = models_json_schema([(m, mode) for m in (*published, *own, stream.Hook)], ref_template=REFERENCE)
    channels = {model.model_fields["type"].default: _event_channel(model, events.EXCHANGE) for model in published}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Taskwire events", "version": "1", "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {
            **channels,
            LIVE: _channel("/ws/tasks/", own, {"ws": {"method": "GET"}}),
            EVENT_STREAM: _channel("/api/events/stream", followed, {"http": {}}, "text/event-stream"),
            WEBHOOK: _channel(None, [stream.Hook], {"http": {}}),
        },
        "operations": {
            **{f"publish.{name}": _operation("send", name, channels[name]["messages"]) for name in channels},
            "push.live": _operation("send", LIVE, [m.__name__ for m in (*followed, *answers)]),
            **{f"receive.{_word(m)}": _operation("receive", LIVE, [m.__name__]) for m in said},
            "push.stream": _operation("send", EVENT_STREAM, [m.__name__ for m in followed]),
            "push.webhook": _operation("send", WEBHOOK, [stream.Hook.__name__]),
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _word(model: type[BaseModel]) -> str:
    """What the client says in the frame's `type`."""
    word: str = get_args(model.model_fields["type"].annotation)[0]
    return word


def first_sentence(text: str) -> str:
    words = " ".join(text.split())
    return words[: words.find(". ") + 1] if ". " in words else words


def _message(model: type[BaseModel], content_type: str = "application/json") -> Document:
    described: Document = {
        "name": model.__name__,
        "summary": first_sentence(model.__doc__ or ""),
        "contentType": content_type,
        "payload": {"$ref": REFERENCE.format(model=model.__name__)},
    }
    extra = model.model_config.get("json_schema_extra")
    examples = extra.get("examples") if isinstance(extra, dict) else None
    if examples:
        described["examples"] = [{"payload": example} for example in examples]  # type: ignore[union-attr]
    return described


def _event_channel(model: type[BaseModel], exchange: str) -> Document:
    key = model.model_fields["type"].default
    binding = {"is": "routingKey", "exchange": {"name": exchange, "type": "topic", "durable": True}}
    return {
        "address": key,
        "messages": {model.__name__: _message(model, "application/cloudevents+json")},
        "bindings": {"amqp": binding},
    }


def _channel(
    address: str | None, models: list[type[BaseModel]], bindings: Document, content_type: str = "application/json"
) -> Document:
    messages = {model.__name__: _message(model, content_type) for model in models}
    return {"address": address, "messages": messages, "bindings": bindings}


def _operation(action: str, channel: str, messages: Any) -> Document:
    here = f"#/channels/{channel}"
    return {
        "action": action,
        "channel": {"$ref": here},
        "messages": [{"$ref": f"{here}/messages/{name}"} for name in messages],
    }
