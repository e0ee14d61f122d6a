"""The short way to an operation leads where the long way does, and is taken for nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.routing import Match

from shared.dispatch import PARAMETER, Operations
from shared.routing import Route
from tests.shared.test_scopes import SERVICES, described


def scope_of(method: str, path: str) -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "root_path": "", "headers": [], "query_string": b""}


def long_way(app: FastAPI, method: str, path: str) -> tuple[object, dict[str, Any]]:
    for route in app.router.routes:
        match, found = route.matches(scope_of(method, path))
        if match is Match.FULL:
            return route, found["path_params"]
    raise AssertionError(f"{method} {path} is no operation")


@pytest.fixture(scope="module", params=SERVICES)
def app(request: pytest.FixtureRequest) -> FastAPI:
    built: FastAPI = described(request.param)
    return built


class TestTakes:
    def test_the_operation_of_the_long_way(self, app: FastAPI) -> None:
        operations, taken = Operations(app), 0
        for route in app.router.routes:
            if not isinstance(route, Route):
                continue
            path = PARAMETER.sub("7", route.path)
            for method in route.methods or ():
                for written in (path, f"{path}/"):
                    scope = scope_of(method, written)
                    if operations.takes(scope):
                        taken += 1
                        assert (scope["route"], scope["path_params"]) == long_way(app, method, path)
        assert taken > 50

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("PUT", "/api/tasks"),
            ("HEAD", "/api/tasks/7"),
            ("GET", "/api/tasks/{}"),
            ("GET", "/api/tasks/{task_id}"),
            ("GET", "/api/tasks/{}/comments/7"),
            ("GET", "/api/tasks/٧"),  # a digit of another script
            ("GET", "/api/tasks/7x"),
            ("GET", "/api/tasks/-7"),
            ("GET", "//api/tasks/7"),
            ("GET", "/api/tasks/7/comments/8/9"),
        ],
    )
    def test_nothing_else(self, method: str, path: str) -> None:
        assert not Operations(described("tasks_service")).takes(scope_of(method, path))
