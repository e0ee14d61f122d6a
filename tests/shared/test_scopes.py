"""Scopes of personal access tokens: what each operation needs, and that nothing is open by oversight."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from shared import scopes
from shared.auth import Principal
from shared.bus.memory import MemoryBus
from shared.dependencies import admin_user, current_user
from shared.errors import Forbidden, InsufficientScope
from shared.routing import Route
from tests.apps import NEEDED

SERVICES = ("users_service", "tasks_service", "notifications_service")
WITHOUT_FAMILY = {"dead letters", "auth", "users", "sessions", "access tokens", "two-factor", "single sign-on"}
WITHOUT_FAMILY |= {"passwords", "audit", "invitations", "administration", "mail"}


def described(service: str) -> Any:
    given = {**NEEDED.get(service, {}), "database_url": "postgresql://nobody@127.0.0.1/none"}
    settings = import_module(f"{service}.settings").Settings(**given)
    return import_module(f"{service}.main").create_app(settings, MemoryBus())


@pytest.fixture(scope="module")
def apps() -> list[Any]:
    return [described(service) for service in SERVICES]


def routes(apps: list[Any]) -> Iterator[Route]:
    for app in apps:
        yield from (route for route in app.routes if isinstance(route, Route))


def principal(role: str = "user", *granted: str) -> Principal:
    return Principal(1, "ann", role, granted or scopes.ALL, uuid4())


def request_to(route: Any, who: Principal) -> Any:
    async def verify(_: Any) -> Principal:
        return who

    verifier = SimpleNamespace(verify=verify)
    return SimpleNamespace(scope={"route": route}, app=SimpleNamespace(state=SimpleNamespace(verifier=verifier)))


class TestRoutes:
    def test_every_tag_is_of_a_family_or_known_to_be_of_none(self, apps: list[Any]) -> None:
        tags = {str(tag) for route in routes(apps) for tag in route.tags}
        assert tags - scopes.FAMILY_OF.keys() - WITHOUT_FAMILY == set()

    def test_what_each_needs(self, apps: list[Any]) -> None:
        """A token that has all scopes but the one that is needed is refused at every operation."""
        for route in routes(apps):
            wanted = route.token_scopes
            assert wanted is None or set(wanted) <= set(scopes.GRANTABLE), route
            for scope in wanted or ():
                family = scope.partition(":")[0]
                others = [s for s in scopes.GRANTABLE if s not in (scope, f"{family}:*")]
                with pytest.raises(InsufficientScope):
                    scopes.require(others, wanted)

    def test_what_is_for_administrators_needs_admin(self, apps: list[Any]) -> None:
        for route in routes(apps):
            if any(dependency.call is admin_user for dependency in route.dependant.dependencies):
                assert route.token_scopes is not None
                assert "admin" in route.token_scopes

    def test_reading_and_writing_are_told_apart(self, apps: list[Any]) -> None:
        for route in routes(apps):
            for scope in set(route.token_scopes or ()) - {"admin"}:
                reads = set(route.methods or ()) <= {"GET", "HEAD"}
                assert scope.endswith(":read" if reads else ":write"), route

    def test_the_document_says_it(self, apps: list[Any]) -> None:
        named = {route.operation_id: route for route in routes(apps)}
        for app in apps:
            for item in app.openapi()["paths"].values():
                for operation in item.values():
                    wanted = named[operation["operationId"]].token_scopes
                    if operation["security"]:
                        assert operation["security"][0]["bearer"] == list(wanted or ())
                        assert scopes.explain(wanted) in operation["description"]
                        assert operation["x-token-scopes"] == (None if wanted is None else list(wanted))


class TestEnforcement:
    async def test_somebody_who_signed_in_goes_everywhere(self, apps: list[Any]) -> None:
        who = principal()
        for route in routes(apps):
            assert await current_user(request_to(route, who)) is who

    async def test_token_without_scopes_goes_nearly_nowhere(self, apps: list[Any]) -> None:
        for route in routes(apps):
            if route.token_scopes != ():
                with pytest.raises(InsufficientScope):
                    await current_user(request_to(route, principal("user", "nothing")))

    @pytest.mark.parametrize("route", [None, object()])
    async def test_route_that_is_not_ours_takes_no_token(self, route: Any) -> None:
        with pytest.raises(InsufficientScope):
            await current_user(request_to(route, principal("admin", *scopes.GRANTABLE)))

    async def test_challenge_names_the_scope(self) -> None:
        route = SimpleNamespace(token_scopes=("tasks:write",))
        with pytest.raises(InsufficientScope) as refusal:
            await current_user(request_to(route, principal("user", "tasks:read")))
        assert refusal.value.headers["WWW-Authenticate"].endswith('error="insufficient_scope", scope="tasks:write"')

    async def test_administrators_token_without_the_scope_is_a_users(self) -> None:
        route = SimpleNamespace(token_scopes=("tasks:read",))
        who = principal("admin", "tasks:*")
        assert not (await current_user(request_to(route, who))).is_admin
        with pytest.raises(Forbidden):
            await admin_user(request_to(route, who))
        assert principal("admin", "tasks:*", "admin").is_admin
        assert principal("admin").is_admin

    async def test_admin_scope_makes_nobody_an_administrator(self) -> None:
        route = SimpleNamespace(token_scopes=("admin",))
        with pytest.raises(Forbidden):
            await admin_user(request_to(route, principal("user", "admin")))


class TestCovering:
    @pytest.mark.parametrize(
        ("granted", "wanted", "good"),
        [
            (["tasks:read"], ("tasks:read",), True),
            (["tasks:write"], ("tasks:read",), False),
            (["tasks:*"], ("tasks:read",), True),
            (["tasks:*"], ("tasks:write",), True),
            (["tasks:*"], ("projects:read",), False),
            (["tasks:*"], ("tasks:read", "admin"), False),
            (["tasks:*", "admin"], ("tasks:read", "admin"), True),
            (["admin"], ("tasks:read",), False),
            (["admin"], None, False),
            (["admin:*"], ("tasks:read",), False),
            (["tasks"], ("tasks:read",), False),
            ([], (), True),
            ([], None, False),
        ],
    )
    def test_cases(self, granted: list[str], wanted: tuple[str, ...] | None, good: bool) -> None:
        if good:
            scopes.require(granted, wanted)
        else:
            with pytest.raises(InsufficientScope):
                scopes.require(granted, wanted)
