from __future__ import annotations

import json
import re
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from deploy import asyncapi
from shared import events


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return asyncapi.describe()


class TestDescribe:
    def test_every_event_has_its_channel(self, document: dict[str, Any]) -> None:
        union, _ = get_args(events.AnyEvent)
        types = {model.model_fields["type"].default for model in get_args(union)}
        assert set(document["channels"]) == {*types, "live", "stream", "webhook"}
        assert {f"publish.{name}" for name in types} <= set(document["operations"])

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]) -> None:
        for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
            place: Any = document
            for step in reference.split("/"):
                place = place[step]

    def test_every_message_says_what_it_is(self, document: dict[str, Any]) -> None:
        messages = [m for channel in document["channels"].values() for m in channel["messages"].values()]
        assert all(message["summary"] for message in messages)

    def test_examples_are_what_the_schemas_say(self, document: dict[str, Any]) -> None:
        channels = [document["channels"][name] for name in ("live", "stream", "webhook")]
        messages = [message for channel in channels for message in channel["messages"].values()]
        schemas = {"components": document["components"]}
        for message in messages:
            validator = Draft202012Validator({**message["payload"], **schemas}, format_checker=FormatChecker())
            assert message["examples"], message["name"]
            for example in message["examples"]:
                validator.validate(example["payload"])

    def test_every_frame_of_a_client_has_its_operation(self, document: dict[str, Any]) -> None:
        received = {name for name in document["operations"] if name.startswith("receive.")}
        assert received == {f"receive.{word}" for word in ("auth", "subscribe", "unsubscribe", "presence", "ping")}
