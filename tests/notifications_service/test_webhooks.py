"""Webhooks over HTTP: whose they are, what goes in, what is shown of their secrets."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from notifications_service.webhooks import service, signing
from tests.fakes import Person
from tests.notifications_service.events import task_event
from tests.notifications_service.system import System

HOOKS = "/api/webhooks"
GIVEN: dict[str, Any] = {"url": "https://hooks.example.com/in", "events": ["task.created", "task.assigned"]}


async def create(system: System, person: Person, **given: Any) -> dict[str, Any]:
    answer = await system.http.post(HOOKS, json={**GIVEN, **given}, headers=person.headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def call(system: System, person: Person, method: str, path: str, **request: Any) -> httpx.Response:
    headers = {**person.headers, **request.pop("headers", {})}
    return await system.http.request(method, f"{HOOKS}{path}", headers=headers, **request)


class TestCreate:
    async def test_secret_is_shown_once(self, system: System, ann: Person) -> None:
        answer = await call(system, ann, "POST", "", json=GIVEN)
        made = answer.json()
        assert answer.headers["location"] == f"{HOOKS}/{made['id']}"
        assert answer.headers["etag"] == '"1"'
        assert made.pop("secret").startswith("whsec_")
        assert made["is_active"] is True
        assert made["project_id"] is made["disabled_reason"] is made["failing_since"] is None
        assert (await call(system, ann, "GET", f"/{made['id']}")).json() == made
        assert (await call(system, ann, "GET", "")).json()["items"] == [made]

    async def test_secret_is_not_readable_where_it_is_stored(self, system: System, ann: Person) -> None:
        made = await create(system, ann)
        row = await system.session().fetchrow("SELECT secret FROM webhooks WHERE id = $1", made["id"])
        assert row
        raw = signing.sealer_of(system.settings.secrets_key).open(row["secret"], f"webhook of {ann.id}")
        assert signing.shown(raw) == made["secret"]
        assert raw not in row["secret"]

    @pytest.mark.parametrize(
        ("given", "pointer"),
        [
            ({"url": "http://127.0.0.1/x"}, "/url"),
            ({"url": "http://2130706433/x"}, "/url"),
            ({"url": "http://[::ffff:10.0.0.1]/"}, "/url"),
            ({"url": "http://localhost:8000/"}, "/url"),
            ({"url": "https://me:secret@example.com/"}, "/url"),
            ({"url": "ftp://example.com/"}, "/url"),
            ({"url": ""}, "/url"),
            ({"url": "https://example.com/\u0000"}, "/url"),
            ({"events": []}, "/events"),
            ({"events": ["task.exploded"]}, "/events/0"),
            ({"events": "*"}, "/events"),
            ({"project_id": 0}, "/project_id"),
            ({"format": "morse"}, "/format"),
            ({"secret": "x"}, "/secret"),
            ({"description": "\u0000"}, "/description"),
        ],
    )
    async def test_what_cannot_be_is_422(self, system: System, ann: Person, given: Any, pointer: str) -> None:
        answer = await call(system, ann, "POST", "", json={**GIVEN, **given})
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"].startswith(pointer)

    async def test_they_are_bounded(self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "MAX_WEBHOOKS", 2)
        for _ in range(2):
            await create(system, ann)
        answer = await call(system, ann, "POST", "", json=GIVEN)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


class TestChange:
    async def test_patch_changes_what_it_names(self, system: System, ann: Person) -> None:
        made = await create(system, ann, project_id=4, description="mine")
        answer = await call(system, ann, "PATCH", f"/{made['id']}", json={"project_id": None, "events": ["*"]})
        changed = answer.json()
        assert (changed["project_id"], changed["events"], changed["description"]) == (None, ["*"], "mine")
        assert (changed["version"], answer.headers["etag"]) == (2, '"2"')
        assert "secret" not in changed

    async def test_put_replaces_and_keeps_the_secret(self, system: System, ann: Person) -> None:
        made = await create(system, ann, project_id=4, description="mine", format="slack")
        changed = (await call(system, ann, "PUT", f"/{made['id']}", json=GIVEN)).json()
        assert (changed["project_id"], changed["description"], changed["format"]) == (None, "", "taskwire")

    @pytest.mark.parametrize("body", [{"url": None}, {"events": None}, {"format": None}, {"is_active": "no"}, {"x": 1}])
    async def test_patch_of_nonsense_is_422(self, system: System, ann: Person, body: Any) -> None:
        made = await create(system, ann)
        assert (await call(system, ann, "PATCH", f"/{made['id']}", json=body)).status_code == 422

    async def test_url_is_checked_again(self, system: System, ann: Person) -> None:
        made = await create(system, ann)
        answer = await call(system, ann, "PATCH", f"/{made['id']}", json={"url": "http://10.0.0.1/"})
        assert answer.json()["errors"][0]["pointer"] == "/url"

    async def test_conditions(self, system: System, ann: Person) -> None:
        path = f"/{(await create(system, ann))['id']}"
        stale = {"If-Match": '"7"'}
        for method, body in (("PATCH", {"is_active": False}), ("PUT", GIVEN), ("DELETE", None)):
            answer = await call(system, ann, method, path, json=body, headers=stale)
            assert answer.status_code == 412, method
        assert (await call(system, ann, "GET", path, headers={"If-None-Match": '"1"'})).status_code == 304
        assert (await call(system, ann, "DELETE", path, headers={"If-Match": '"1"'})).status_code == 204
        assert (await call(system, ann, "GET", path)).status_code == 404

    async def test_rotation_shows_another_secret(self, system: System, ann: Person) -> None:
        made = await create(system, ann)
        rotated = (await call(system, ann, "POST", f"/{made['id']}/rotate-secret")).json()
        assert rotated["secret"].startswith("whsec_")
        assert rotated["secret"] != made["secret"]
        assert rotated["version"] == 2


class TestOwnership:
    async def test_another_s_is_as_one_that_does_not_exist(
        self, system: System, ann: Person, bob: Person, admin: Person
    ) -> None:
        made = await create(system, ann, events=["*"])
        await system.publish(task_event(creator=ann.id, actor=ann.id))
        [delivery] = (await call(system, ann, "GET", f"/{made['id']}/deliveries")).json()["items"]
        own = await create(system, bob)
        operations: list[tuple[str, str, Any]] = [
            ("GET", "", None),
            ("PUT", "", GIVEN),
            ("PATCH", "", {"is_active": False}),
            ("DELETE", "", None),
            ("POST", "/rotate-secret", None),
            ("POST", "/test", None),
            ("POST", "/replay", {"since": "2026-01-01T00:00:00Z"}),
            ("GET", "/deliveries", None),
            ("GET", f"/deliveries/{delivery['id']}", None),
            ("POST", f"/deliveries/{delivery['id']}/redeliver", None),
        ]
        for person in (bob, admin):
            for method, rest, body in operations:
                found = await call(system, person, method, f"/{made['id']}{rest}", json=body)
                missing = await call(system, person, method, f"/{10**12}{rest}", json=body)
                assert found.status_code == missing.status_code == 404, (method, rest)
                assert found.json()["detail"] == missing.json()["detail"]
                assert found.json()["code"] == missing.json()["code"]
        for rest in ("", "/redeliver"):
            method = "POST" if rest else "GET"
            path = f"/{own['id']}/deliveries/{delivery['id']}{rest}"
            assert (await call(system, bob, method, path)).status_code == 404, "a child of another parent"

    async def test_anonymous_is_refused(self, system: System) -> None:
        for method, path in (("GET", ""), ("POST", ""), ("GET", "/1"), ("POST", "/1/test")):
            assert (await system.http.request(method, f"{HOOKS}{path}", json={})).status_code == 401

    async def test_lists_are_walked(self, system: System, ann: Person, bob: Person) -> None:
        made = [(await create(system, ann))["id"] for _ in range(5)]
        await create(system, bob)
        seen: list[int] = []
        path = "?limit=2&count=true"
        while path:
            page = (await call(system, ann, "GET", path)).json()
            assert page["total"] == 5
            seen += [item["id"] for item in page["items"]]
            path = f"?limit=2&count=true&cursor={page['next_cursor']}" if page["next_cursor"] else ""
        assert seen == made[::-1]
        assert (await call(system, ann, "GET", "?cursor=x")).status_code == 422
