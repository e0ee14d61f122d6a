from __future__ import annotations

import json
import re
from typing import Any, get_args

import pytest

from deploy import asyncapi
from shared import events


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return asyncapi.describe()


class TestDescribe:
    def test_every_event_has_its_channel(self, document: dict[str, Any]) -> None:
        union, _ = get_args(events.AnyEvent)
        types = {model.model_fields["type"].default for model in get_args(union)}
        assert set(document["channels"]) == {*types, "live"}
        assert {f"publish.{name}" for name in types} <= set(document["operations"])

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]) -> None:
        for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
            place: Any = document
            for step in reference.split("/"):
                place = place[step]

    def test_every_message_says_what_it_is(self, document: dict[str, Any]) -> None:
        messages = [m for channel in document["channels"].values() for m in channel["messages"].values()]
        assert all(message["summary"] for message in messages)
