from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from deploy import openapi
from deploy.openapi import describe_services, merge, operations, write_if_changed


def document(path: str, operation: str, **schemas: Any) -> dict[str, Any]:
    answer = {"description": "ok", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}
    item = {"get": {"operationId": operation, "responses": {"200": answer}}}
    return {"openapi": "3.1.0", "paths": {path: item}, "components": {"schemas": schemas}}


ITEM, ROW = {"type": "object", "title": "Item"}, {"type": "object", "title": "Row"}


class TestMerge:
    def test_equal_schemas_stay_one_and_different_ones_are_renamed(self) -> None:
        merged = merge({"users": document("/a", "one", Page=ITEM), "tasks": document("/b", "two", Page=ROW)})
        assert merged["components"]["schemas"] == {"Page": ITEM, "TaskPage": {**ROW, "title": "TaskPage"}}
        content = merged["paths"]["/b"]["get"]["responses"]["200"]["content"]
        assert content["application/json"]["schema"]["$ref"] == "#/components/schemas/TaskPage"
        same = merge({"users": document("/a", "one", Page=ITEM), "tasks": document("/b", "two", Page=ITEM)})
        assert list(same["components"]["schemas"]) == ["Page"]

    def test_a_path_belongs_to_one_service(self) -> None:
        with pytest.raises(ValueError, match="/a is claimed by tasks"):
            merge({"users": document("/a", "one"), "tasks": document("/a", "two")})

    def test_an_operation_id_is_used_once(self) -> None:
        with pytest.raises(ValueError, match="operation id one of GET /b is that of GET /a"):
            merge({"users": document("/a", "one"), "tasks": document("/b", "one")})


@pytest.fixture(scope="module")
def merged() -> dict[str, Any]:
    return merge(describe_services())


class TestServices:
    def test_the_document_is_valid_openapi_3_1(self, merged: dict[str, Any]) -> None:
        validate(merged)
        assert merged["openapi"].startswith("3.1")
        assert merged["servers"] == [{"url": "/"}]

    def test_it_has_the_operations_of_all_three(self, merged: dict[str, Any]) -> None:
        assert {"/api/auth/login", "/api/tasks", "/api/notifications"} <= set(merged["paths"])

    def test_the_inside_is_not_described(self, merged: dict[str, Any]) -> None:
        assert not [path for path in merged["paths"] if not path.startswith(("/api/", "/.well-known/", "/ws/"))]

    def test_every_operation_has_a_tag_and_a_summary(self, merged: dict[str, Any]) -> None:
        named = {tag["name"] for tag in merged["tags"]}
        for place, operation in operations(merged):
            assert operation.get("summary"), place
            assert set(operation.get("tags", ())) & named, place

    def test_authorize_works_with_the_token_form(self, merged: dict[str, Any]) -> None:
        schemes = merged["components"]["securitySchemes"]
        assert schemes["password"]["flows"]["password"]["tokenUrl"] == "/api/auth/token"
        assert schemes["bearer"]["scheme"] == "bearer"


class TestWriteIfChanged:
    def test_it_is_made_once_for_the_same_sources(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        made: list[int] = []

        def describe() -> dict[str, Any]:
            made.append(1)
            return {"users": document("/a", "one")}

        write_if_changed(describe, tmp_path)
        write_if_changed(describe, tmp_path)
        assert len(made) == 1
        monkeypatch.setattr(openapi, "_sources_key", lambda: "another")
        write_if_changed(describe, tmp_path)
        assert len(made) == 2
