"""The AsyncAPI 3.0 document: what travels over the broker and over the WebSocket, from the classes that define it."""

from __future__ import annotations

import importlib
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Document = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = """Every event is a CloudEvents 1.0 envelope on the topic exchange `taskwire.events`; its type is the
routing key. There is one event for each committed version of a task, with what changed in `changes`. Listeners outside
take the WebSocket: `auth` first, then `ready`, then a `task_update` for everything they may see."""


def describe() -> Document:
    from shared import events

    published: list[type[BaseModel]] = list(get_args(events.Known))
    stream = importlib.import_module("notifications_service.stream.schemas")
    sent = [stream.Ready, stream.TaskUpdate, stream.NotificationCreated, stream.Reset]
    mode: Any = "serialization"
    _, schemas = models_json_schema([(m, mode) for m in (*published, *sent, stream.Hello)], ref_template=REFERENCE)
    channels = {model.model_fields["type"].default: _event_channel(model, events.EXCHANGE) for model in published}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Taskwire events", "version": "1", "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {**channels, "live": _live_channel([*sent, stream.Hello])},
        "operations": {
            **{f"publish.{name}": _operation("send", name, channels[name]) for name in channels},
            "push.live": _operation("send", "live", {"messages": {m.__name__: {} for m in sent}}),
            "receive.auth": _operation("receive", "live", {"messages": {"Hello": {}}}),
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _message(model: type[BaseModel], content_type: str = "application/json") -> Document:
    return {
        "name": model.__name__,
        "summary": (model.__doc__ or "").strip().partition("\n")[0],
        "contentType": content_type,
        "payload": {"$ref": REFERENCE.format(model=model.__name__)},
    }


def _event_channel(model: type[BaseModel], exchange: str) -> Document:
    key = model.model_fields["type"].default
    binding = {"is": "routingKey", "exchange": {"name": exchange, "type": "topic", "durable": True}}
    return {
        "address": key,
        "messages": {model.__name__: _message(model, "application/cloudevents+json")},
        "bindings": {"amqp": binding},
    }


def _live_channel(models: list[type[BaseModel]]) -> Document:
    messages = {model.__name__: _message(model) for model in models}
    return {"address": "/ws/tasks/", "messages": messages, "bindings": {"ws": {"method": "GET"}}}


def _operation(action: str, channel: str, described: Document) -> Document:
    here = f"#/channels/{channel}"
    return {
        "action": action,
        "channel": {"$ref": here},
        "messages": [{"$ref": f"{here}/messages/{name}"} for name in described["messages"]],
    }
