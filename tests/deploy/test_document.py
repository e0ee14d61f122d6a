"""The merged document as somebody reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from deploy.openapi import describe_services, merge, operations
from deploy.tags import TAGS

Document = dict[str, Any]


@pytest.fixture(scope="module")
def merged() -> Document:
    return merge(describe_services())


def bodies(merged: Document) -> Iterator[tuple[str, Document]]:
    """Each body of a request by place and type, with the schema that it refers to in it."""
    for place, operation in operations(merged):
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            name = body["schema"].get("$ref", "").rpartition("/")[2]
            yield f"{place} {kind}", {**merged["components"]["schemas"].get(name, body["schema"]), **body}


def members(part: Any) -> Iterator[tuple[str, Any]]:
    """Every name and value, however deep."""
    for name, value in part.items() if isinstance(part, dict) else ():
        yield name, value
        yield from members(value)
    for one in part if isinstance(part, list) else ():
        yield from members(one)


class TestDocument:
    def test_it_is_valid(self, merged: Document) -> None:
        validate(merged)

    def test_it_is_the_same_every_time(self, merged: Document) -> None:
        assert merge(describe_services()) == merged

    def test_every_operation_says_what_it_does(self, merged: Document) -> None:
        for place, operation in operations(merged):
            assert operation["summary"], place
            assert operation["description"], place

    def test_operation_ids_are_unique_words(self, merged: Document) -> None:
        names = [operation["operationId"] for _, operation in operations(merged)]
        assert len(set(names)) == len(names)
        assert [name for name in names if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []

    def test_each_body_has_an_example(self, merged: Document) -> None:
        without = [place for place, body in bodies(merged) if not body.keys() & {"example", "examples"}]
        assert without == []

    def test_each_error_has_an_example_of_its_status(self, merged: Document) -> None:
        for place, operation in operations(merged):
            for status, answer in operation["responses"].items():
                if status >= "4":
                    example = answer["content"]["application/problem+json"]["example"]
                    assert example["status"] == int(status), place
                    assert answer["description"], place


class TestSchemas:
    def test_bounds_are_those_of_json_schema_and_exact(self, merged: Document) -> None:
        found = [(name, value) for name, value in members(merged) if name in ("ge", "gt", "le", "lt") and value]
        assert [one for one in found if not isinstance(one[1], dict)] == []
        assert [value for name, value in members(merged) if name == "maximum" and isinstance(value, float)] == []
        identifier = merged["paths"]["/api/tasks/{task_id}"]["get"]["parameters"][0]["schema"]
        assert (identifier["minimum"], identifier["maximum"]) == (1, 2**63 - 1)

    def test_nothing_in_an_address_is_null(self, merged: Document) -> None:
        for place, operation in operations(merged):
            for parameter in operation["parameters"]:
                assert {"type": "null"} not in parameter["schema"].get("anyOf", ()), f"{place} {parameter['name']}"

    def test_text_says_what_it_must_not_hold(self, merged: Document) -> None:
        title = merged["components"]["schemas"]["TaskCreate"]["properties"]["title"]
        assert re.search(title["pattern"], " a ")
        assert not any(re.search(title["pattern"], wrong) for wrong in (" ", "a\nb", "\x00", ""))


class TestTags:
    def test_each_operation_has_one_that_is_explained(self, merged: Document) -> None:
        for place, operation in operations(merged):
            assert len(operation["tags"]) == 1, place
            assert operation["tags"][0] in TAGS, f"{place}: say in deploy/tags.py what {operation['tags'][0]} are"

    def test_they_stand_in_reading_order(self, merged: Document) -> None:
        names = [tag["name"] for tag in merged["tags"]]
        assert names == [name for name in TAGS if name in names]
        assert all(tag["description"] for tag in merged["tags"])


class TestNames:
    def test_schemas_are_called_as_people_would(self, merged: Document) -> None:
        """Two classes of one name make FastAPI put their modules in front, and clients' classes are called so."""
        assert [name for name in merged["components"]["schemas"] if "__" in name] == []
