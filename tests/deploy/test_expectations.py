"""Each operation of the three documents has its line in the tables of the matrix, and needs what is written there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deploy.openapi import describe_services, merge, operations
from shared.scopes import explain
from tests.system.expectations import PUBLIC, wanted_scopes
from tests.system.openapi import Operation


def described() -> Iterator[tuple[Operation, Any]]:
    for place, told in operations(merge(describe_services())):
        method, path = place.split(" ", 1)
        yield Operation(method.lower(), path, told["security"] == [], tuple(told.get("parameters", ())), None), told


@pytest.fixture(scope="module")
def documented() -> list[tuple[Operation, Any]]:
    return list(described())


class TestExpectations:
    def test_what_is_open_to_anybody(self, documented: list[tuple[Operation, Any]]) -> None:
        found = {str(operation) for operation, _ in documented if operation.public}
        assert found <= PUBLIC

    def test_which_scopes_each_needs(self, documented: list[tuple[Operation, Any]]) -> None:
        assert len(documented) > 100
        wrong = []
        for operation, told in documented:
            if not operation.public:
                given, wanted = told["x-token-scopes"], wanted_scopes(operation)
                if (None if given is None else set(given)) != wanted:
                    wrong.append(f"{operation} needs {given}, and not {wanted}")
                assert told["security"][0]["bearer"] == (given or [])
                assert explain(given) in told["description"]
        assert wrong == []
