"""Whatever comes in, the answer is a 2xx or a 4xx that says what is wrong: never a 5xx."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.pagination import Cursor
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import FULL, Tasks, path_of, problem

NUL, SURROGATE = "a\x00b", "\\ud800"
DEEP = b"[" * 5000 + b"]" * 5000
LONG_NUMBER = b"9" * 5000
VALUES: dict[str, list[Any]] = {
    "title": [None, "", "   ", "x" * 201, NUL, "a\nb", "\t\x01x", 1, True, [], {}, 1.5],
    "description": ["x" * 20_001, NUL, 1, False, []],
    "status": ["done", "", NUL, 1, True, [], {}, ["todo"], "tod\u200bo"],
    "priority": ["none", "", NUL, 0, True, {}, "HIGH!"],
    "due_date": [
        "",
        "today",
        "2026-13-01",
        "2026-02-30",
        "99999-01-01",
        "0000-01-01",
        "-0001-01-01",
        "2026-01-01T00:00:00",
        "20260101",
        0,
        1e20,
        -1,
        True,
        NUL,
        [],
        "٢٠٢٦-٠١-٠١",
    ],
    "assignee_ids": [
        1,
        "1",
        [0],
        [-1],
        [2**63],
        [2**64],
        [True],
        ["1"],
        [1.5],
        [1.5],
        [None],
        [[1]],
        {},
        [*range(1, 102)],
    ],
    "assigned_user": [0, -1, 2**63, True, "1", 1.5, [], {}],
    "assigned_to": [0, 2**63, "x"],
    "labels": ["x", [""], ["x" * 51], [NUL], [1], [None], [["x"]], [str(i) for i in range(51)], {}],
    "estimate_minutes": [-1, 10_000_001, 2**63, 1.5, True, "5", []],
}
CASES = [(field, value) for field, values in VALUES.items() for value in values]
BODIES = {
    "empty": b"",
    "no JSON": b"{",
    "two values": b"{} {}",
    "no UTF-8": b'{"title": "\xff"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "a lone surrogate": b'{"title": "%s"}' % SURROGATE.encode(),
    "an escaped NUL": rb'{"title": "\u0000"}',
    "NaN": b'{"title": "x", "estimate_minutes": NaN}',
    "Infinity": b'{"title": "x", "estimate_minutes": -Infinity}',
    "an infinite number": b'{"title": "x", "estimate_minutes": 1e999}',
    "a long number": b'{"title": "x", "estimate_minutes": ' + LONG_NUMBER + b"}",
    "a long assignee": b'{"title": "x", "assignee_ids": [' + LONG_NUMBER + b"]}",
    "a long date": b'{"title": "x", "due_date": ' + LONG_NUMBER + b"}",
    "a long number nobody asked for": b'{"title": "x", "other": ' + LONG_NUMBER + b"}",
    "deep": DEEP,
    "a deep title": b'{"title": ' + DEEP + b"}",
    "deep where nobody asked": b'{"title": "x", "other": ' + DEEP + b"}",
    "a list": b"[]",
    "text": b'"title"',
    "null": b"null",
    "a number": b"1",
    "an odd name": rb'{"title": "x", "a\u0000b/c~d": 1}',
    "a name with a surrogate": rb'{"title": "x", "\ud800": 1}',
}
PARAMETERS = [
    *("limit=0", "limit=101", "limit=-1", "limit=1e9", "limit=abc", "limit=", f"limit={'9' * 5000}"),
    *(
        "limit=1.5",
        "limit=1.0",
        "limit=%2B1",
        "limit=%EF%BC%91",
        "assigned_user=1_0",
        "limit=%00",
        "limit=NaN",
        "sort=password",
        "sort=",
        "sort=--created_at",
        "sort=title",
    ),
    *("sort=created_at%3Bdrop+table+tasks", "sort=created_at,id", "status=done", "priority=", "status=%00"),
    *("due_date=tomorrow", "due_date_gte=2026-02-30", "due_date_lt=99999-01-01", "due_date_gt=0", "due_date_lte="),
    *("assigned_user=0", "assigned_user=abc", f"created_by={2**63}", "project_id=-1", "parent_id=1.5"),
    *("label=", f"label={'x' * 51}", "label=%00", "overdue=perhaps", "trashed=2", "count=x"),
    *("q=%00", "q=", "q=%27", "q=%26%7C!", f"q={'x' * 201}", "q=%5C", "q=:*", "q=_"),
    *(
        "updated_since=yesterday",
        "updated_since=0",
        "updated_since=%00",
        "updated_since=1e400",
        f"updated_since={'9' * 400}",
    ),
    *(
        "unknown=1",
        "Limit=5",
        "offset=10",
        "owner__email=x",
        "%00=1",
        "filter%5B%5D=x",
        "fields=password",
        "fields=",
        "filter=",
    ),
]
ALLOWED_PARAMETERS = [
    *("due_date_gte=0001-01-01", "due_date_lte=9999-12-31", "due_date=9999-12-31", "q=%ED%A0%80x", "q=x%FF"),
    *("updated_since=0001-01-01T00:00:00Z", "updated_since=9999-12-31T23:59:59.999999Z", f"assigned_user={2**63 - 1}"),
    *("updated_since=2026-01-01", "q=a'b;--", "q=a%5Cb", "q=x:*", "q=a+%26+b", "q=%C3%A9"),
    *("status=todo&status=PENDING&status=completed", "overdue=false", "label=a%27b%22", "&&", "q=<->x"),
]


def refusal(answer: httpx.Response) -> dict[str, Any]:
    body = problem(answer, 422, "validation_failed")
    assert all(error["pointer"].startswith("/") or error["pointer"] == "" for error in body["errors"])
    return body


class TestBodies:
    @pytest.mark.parametrize(("field", "value"), CASES, ids=lambda value: repr(value)[:30])
    async def test_a_wrong_value_is_refused_by_name(self, tasks: Tasks, ann: Person, field: str, value: Any) -> None:
        pointer = "/assignee_ids" if field.startswith("assigned_") else f"/{field}"
        for method, path in (("POST", "/api/tasks"), ("PATCH", "/api/tasks/1"), ("PUT", "/api/tasks/1")):
            body = refusal(await tasks.call(method, path, ann, json={"title": "x", field: value}))
            assert {error["pointer"].split("/")[1] for error in body["errors"]} == {pointer[1:]}
            assert all(error["message"] for error in body["errors"])

    @pytest.mark.parametrize("content", BODIES.values(), ids=BODIES.keys())
    async def test_what_is_no_task_is_refused(self, tasks: Tasks, ann: Person, content: bytes) -> None:
        task = await tasks.create(ann)
        for method, path in (("POST", "/api/tasks"), ("PUT", path_of(task)), ("PATCH", path_of(task))):
            refusal(await tasks.call(method, path, ann, content=content))
        assert await tasks.read(task, ann) == task

    @pytest.mark.parametrize(
        "content_type",
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "x"],
    )
    async def test_other_media_types_are_refused(self, tasks: Tasks, ann: Person, content_type: str) -> None:
        answer = await tasks.post("/api/tasks", ann, content=b'{"title": "x"}', headers={"Content-Type": content_type})
        problem(answer, 415, "unsupported_media_type")

    async def test_json_by_another_name_is_taken(self, tasks: Tasks, ann: Person) -> None:
        for name in ("application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"):
            answer = await tasks.post("/api/tasks", ann, content=b'{"title": "x"}', headers={"Content-Type": name})
            assert answer.status_code == 201

    @settings(max_examples=150, deadline=None)
    @given(
        body=st.recursive(
            st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=30),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from([*FULL, "assigned_to"]) | st.text(max_size=5), inner, max_size=4)
            ),
        )
        | st.fixed_dictionaries(
            {"title": st.text(max_size=210)}, optional={name: st.text() for name in ("labels", "status")}
        )
    )
    async def test_any_json_at_all(self, tasks: Tasks, fake_users: FakeUsers, body: Any) -> None:
        ann = fake_users.sign_in(1) if 1 in fake_users.people else fake_users.register()
        for text in (json.dumps(body), json.dumps(body, ensure_ascii=False)):
            answer = await tasks.post("/api/tasks", ann, content=text.encode("utf-8", "surrogatepass"))
            assert answer.status_code in (201, 422), answer.text


class TestPaths:
    @pytest.mark.parametrize("suffix", ["", "/activity", "/restore"])
    @pytest.mark.parametrize(
        "task_id",
        [
            "0",
            "-1",
            "abc",
            "1.5",
            str(2**63),
            "9" * 5000,
            "%00",
            "%ff",
            "%ED%A0%80",
            "null",
            "true",
            "1e3",
            "٣",
            "1.0",
            "+1",
            "1_0",
            "１",
            "%201",
        ],
    )
    async def test_ids(self, tasks: Tasks, ann: Person, task_id: str, suffix: str) -> None:
        method = "POST" if suffix == "/restore" else "GET"
        body = refusal(await tasks.call(method, f"/api/tasks/{task_id}{suffix}", ann))
        assert [error["pointer"] for error in body["errors"]] == ["/task_id"]


class TestParameters:
    @pytest.mark.parametrize("query", PARAMETERS, ids=lambda query: query[:30])
    async def test_wrong_ones_are_refused(self, tasks: Tasks, ann: Person, query: str) -> None:
        body = refusal(await tasks.get(f"/api/tasks?{query}", ann))
        assert body["errors"]

    @pytest.mark.parametrize("query", ALLOWED_PARAMETERS, ids=lambda query: query[:30])
    async def test_odd_ones_are_taken(self, tasks: Tasks, ann: Person, query: str) -> None:
        answer = await tasks.get(f"/api/tasks?{query}", ann)
        assert answer.status_code == 200, answer.text

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=x", "q=x", "sort=created_at"])
    async def test_of_the_activity(self, tasks: Tasks, ann: Person, query: str) -> None:
        refusal(await tasks.get(f"/api/activity?{query}", ann))

    @settings(max_examples=60, deadline=None)
    @given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
    async def test_any_words_at_all(self, tasks: Tasks, fake_users: FakeUsers, text: str) -> None:
        ann = fake_users.sign_in(1) if 1 in fake_users.people else fake_users.register()
        answer = await tasks.get("/api/tasks", ann, params={"q": text})
        assert answer.status_code in (200, 422), answer.text


SORTS = ["created_at", "updated_at", "due_date", "priority", "position", "custom.extra"]


class TestCursors:
    @settings(max_examples=60, deadline=None)
    @given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
    async def test_garbage(self, tasks: Tasks, fake_users: FakeUsers, text: str) -> None:
        ann = fake_users.sign_in(1) if 1 in fake_users.people else fake_users.register()
        for path in ("/api/tasks", "/api/activity"):
            refusal(await tasks.get(path, ann, params={"cursor": text}))

    @pytest.mark.parametrize("sort", [*SORTS, *(f"-{sort}" for sort in SORTS)])
    async def test_with_a_forged_value(
        self, tasks: Tasks, ann: Person, sort: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The tag of a cursor is no signature: its value may be anything of its type, and is still no 5xx."""
        monkeypatch.setattr("shared.pagination._digest", lambda scope: "tag")
        values = [
            *(None, True, 0, -1, 2**63, 2**64 - 1, 1.5, 1e308, "", "x", "\x00", [], {}, [None], "infinity", "NaN"),
            *("0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01"),
            *("2026-01-01T00:00:00Z", "low", "x" * 1000, "é🦄"),
        ]
        for value in values:
            for row_id in (0, 1, 2**63 - 1):
                cursor = Cursor(value, row_id).encode("")
                answer = await tasks.get("/api/tasks", ann, params={"sort": sort, "cursor": cursor})
                assert answer.status_code in (200, 422), (value, answer.text)

    @pytest.mark.parametrize("row_id", [-1, 2**63, 1.5, "1", None, True, [1]])
    async def test_with_a_forged_id(
        self, tasks: Tasks, ann: Person, row_id: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shared.pagination._digest", lambda scope: "tag")
        for path in ("/api/tasks?sort=position&", "/api/activity?"):
            refusal(await tasks.get(f"{path}cursor={Cursor(None, row_id).encode('')}", ann))

    async def test_of_another_list(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        await tasks.create(ann, assignee_ids=[bob.id])
        cursor = (await tasks.get("/api/tasks?limit=1", ann)).json()["next_cursor"]
        assert (await tasks.get(f"/api/tasks?limit=2&count=true&cursor={cursor}", ann)).status_code == 200
        for query in (
            "sort=created_at",
            "sort=-due_date",
            "status=todo",
            "q=title",
            "trashed=true",
            f"created_by={ann.id}",
        ):
            body = refusal(await tasks.get(f"/api/tasks?{query}&cursor={cursor}", ann))
            assert [error["pointer"] for error in body["errors"]] == ["/cursor"]
        refusal(await tasks.get(f"/api/tasks?cursor={cursor}", bob))
        refusal(await tasks.get(f"/api/activity?cursor={cursor}", ann))
        refusal(await tasks.get(f"{path_of(task)}/activity?cursor={cursor}", ann))
