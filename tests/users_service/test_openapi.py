"""The document: what every operation has."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.apps import ServiceApp

PUBLIC = {
    *("register", "login", "issue_token", "refresh_tokens", "list_keys"),
    *("forgot_password", "reset_password", "confirm_email"),
}
PUBLIC |= {"list_sign_in_providers", "begin_sign_in", "finish_sign_in", "exchange_sign_in_code"}


@pytest.fixture(scope="module")
async def document(users_app: ServiceApp) -> dict[str, Any]:
    body: dict[str, Any] = (await users_app.http.get("/openapi.json")).json()
    return body


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in document["paths"].values() for operation in item.values()]


class TestDocument:
    def test_is_valid(self, document: dict[str, Any]) -> None:
        validate(document)

    def test_operations_are_named_and_described(self, document: dict[str, Any]) -> None:
        names = [operation["operationId"] for operation in operations(document)]
        assert len(names) == len(set(names)) > 18
        for operation in operations(document):
            assert operation["summary"]
            assert operation["description"]
            assert operation["tags"]

    def test_only_the_public_ones_are_open(self, document: dict[str, Any]) -> None:
        assert {o["operationId"] for o in operations(document) if not o["security"]} == PUBLIC

    def test_internal_addresses_are_not_shown(self, document: dict[str, Any]) -> None:
        assert not any(path.startswith(("/internal", "/health", "/metrics")) for path in document["paths"])

    def test_answers_have_a_shape(self, document: dict[str, Any]) -> None:
        for operation in operations(document):
            good = {status: answer for status, answer in operation["responses"].items() if status < "400"}
            assert good
            for status, answer in good.items():
                assert status in ("204", "302", "304") or answer["content"]["application/json"]["schema"]
