"""Recorded events: each is still read, is what the AsyncAPI document says, and harms no consumer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, get_args

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from deploy import asyncapi
from notifications_service.handlers import handle as notifications
from shared import bus as buses
from shared import events
from shared.bus import Message, Subscription, matches
from shared.consumer import Consumer
from shared.database import Database
from tasks_service.handlers import handle as tasks
from tests.postgres import Server

SAMPLES = sorted((Path(__file__).parent.parent / "samples" / "events").glob("*.json"))
CONSUMERS: dict[str, tuple[Subscription, Callable[..., Awaitable[None]]]] = {
    "notifications_service": (buses.NOTIFICATIONS, notifications),
    "tasks_service": (buses.TASKS, tasks),
}


def message(body: dict[str, Any]) -> Message:
    return Message(body["id"], body["type"], orjson.dumps(body))


class TestSamples:
    def test_every_event_has_one(self) -> None:
        types = {model.model_fields["type"].default for model in get_args(events.Known)}
        assert {path.name.removesuffix(".v1.json") for path in SAMPLES if path.name.endswith(".v1.json")} >= types

    @pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
    def test_is_read_also_with_fields_of_tomorrow(self, path: Path) -> None:
        body = json.loads(path.read_text())
        event = events.read(path.read_bytes())
        assert (event.type, str(event.id)) == (body["type"], body["id"])
        body["tomorrow"] = body["data"]["tomorrow"] = {"x": 1}
        for part in ("task", "comment", "project"):
            if part in body["data"]:
                body["data"][part]["tomorrow"] = 1
        assert events.read(orjson.dumps(body)) == event

    def test_are_what_the_document_says(self) -> None:
        document = asyncapi.describe()
        for path in SAMPLES:
            body = json.loads(path.read_text())
            [described] = document["channels"][body["type"]]["messages"].values()
            whole = events.read(path.read_bytes()).model_dump(mode="json", by_alias=True)
            schema = {**described["payload"], "components": document["components"]}
            Draft202012Validator(schema, format_checker=FormatChecker()).validate(whole)

    @pytest.mark.parametrize("service", CONSUMERS)
    async def test_consumer_takes_them_all_twice(self, postgres: Server, service: str) -> None:
        async with Database(await postgres.database(service), pool_size=2) as database:
            subscription, handle = CONSUMERS[service]
            consumer = Consumer(database, service, handle)
            published = [message(json.loads(path.read_text())) for path in SAMPLES]
            messages = [one for one in published if any(matches(b, one.routing_key) for b in subscription.bindings)]
            assert messages
            await consumer(messages)
            await consumer(messages)
            session = database.session()
            assert await session.fetch("SELECT routing_key, reason FROM dead_letters") == []
            assert await session.fetchval("SELECT count(*) FROM consumed_events") == len(messages)
            assert await session.fetchval("SELECT count(*) FROM people") == 1
