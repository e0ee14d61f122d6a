"""Lists against a model of them in Python: filters, sorts, pages, words, numbers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import AsyncMock, MagicMock, patch
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.auth import Principal
from shared.database import POKE, Session
from tasks_service.tasks import filters, pages, sorting
from tasks_service.tasks.list_schemas import TaskFilter
from tasks_service.tasks.shares import Shares
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, problem

TODAY = datetime.now(UTC).date()
DAYS = [None, *(TODAY + timedelta(days=d) for d in (-30, -1, 0, 1, 2, 30))]
STATUSES, PRIORITIES = ["todo", "in_progress", "completed", "archived"], ["low", "medium", "high", "urgent"]
LABELS = ["bug", "ui", "it's", "ü"]
WORDS = ["alpha", "beta", "gamma"]
SORTS = ["created_at", "updated_at", "due_date", "priority", "position"]


@pytest.fixture(scope="module")
async def stock(tasks: Tasks, owner: Person, colleague: Person) -> list[Json]:
    """Sixty tasks of all kinds, that only `owner` and partly `colleague` see, as they are."""
    chance = random.Random(7)
    made = []
    for _ in range(60):
        day = chance.choice(DAYS)
        made.append(
            await tasks.create(
                chance.choice([owner, owner, colleague]),
                " ".join(chance.choices(WORDS, k=2)),
                status=chance.choice(STATUSES),
                priority=chance.choice(PRIORITIES),
                due_date=day and day.isoformat(),
                labels=chance.sample(LABELS, chance.randrange(3)),
                assignee_ids=[owner.id, *chance.sample([colleague.id], chance.randrange(2))],
                description=chance.choice(["", "delta epsilon"]),
            )
        )
    for task in chance.sample(made, 15):
        await tasks.patch(task, owner, {"estimate_minutes": 5})
    return [await tasks.read(task, owner) for task in made]


def is_overdue(task: Json) -> bool:
    return task["status"] in ("todo", "in_progress") and bool(task["due_date"]) and task["due_date"] < TODAY.isoformat()


def holds(task: Json, name: str, value: Any) -> bool:
    """The model of each filter."""
    day = task["due_date"]
    if name.startswith("due_date"):
        given = value.isoformat()
        signs = {"": day == given, "_gte": (day or "") >= given, "_gt": (day or "") > given}
        below = {"_lte": (day or "~") <= given, "_lt": (day or "~") < given}
        return {**signs, **below}[name.removeprefix("due_date")]
    simple: dict[str, Callable[[], bool]] = {
        "status": lambda: task["status"] in value,
        "priority": lambda: task["priority"] in value,
        "label": lambda: bool(set(task["labels"]) & set(value)),
        "assigned_user": lambda: value in task["assignee_ids"],
        "created_by": lambda: task["created_by"] == value,
        "overdue": lambda: is_overdue(task) == value,
        "q": lambda: has_words(task, value),
        "updated_since": lambda: datetime.fromisoformat(task["updated_at"]) >= value,
    }
    return simple[name]()


def has_words(task: Json, q: str) -> bool:
    words = f"{task['title']} {task['description']}".lower().split()
    return all(any(word.startswith(start) for word in words) for start in q.lower().split())


def sort_key(task: Json, sort: str) -> tuple[Any, int]:
    name = sort.lstrip("-")
    value = task[name]
    if name == "priority":
        value = PRIORITIES.index(value)
    if name == "due_date":
        value = value or ("" if sort.startswith("-") else "~")
    return value, task["id"]


def as_sorted(found: list[Json], sort: str) -> list[int]:
    ordered = sorted(found, key=lambda task: sort_key(task, sort), reverse=sort.startswith("-"))
    return [task["id"] for task in ordered]


days = st.sampled_from(DAYS[1:])
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "status": st.lists(st.sampled_from(STATUSES), min_size=1, max_size=2),
        "priority": st.lists(st.sampled_from(PRIORITIES), min_size=1, max_size=3),
        "label": st.lists(st.sampled_from(LABELS), min_size=1, max_size=2),
        "due_date": days,
        "due_date_gte": days,
        "due_date_gt": days,
        "due_date_lte": days,
        "due_date_lt": days,
        "overdue": st.booleans(),
        "created_by": st.sampled_from(["owner", "colleague", "nobody"]),
        "assigned_user": st.sampled_from(["owner", "colleague", "nobody"]),
        "q": st.sampled_from(["alpha", "al", "alpha beta", "delta", "b d", "zeta", "GAM"]),
        "updated_since": st.integers(0, 59),
    },
)


WAYS = (pages.collect, pages.by_part, pages.by_kind, pages.walk, pages.nearby_or_collect, pages.nearby_or_walk)


@contextmanager
def read(way: pages.Way | None) -> Iterator[None]:
    """Within the block pages are read in this way where it is possible, or else as they would be."""
    chosen = pages.way_of

    async def choose(session: Session, page: pages.Page) -> pages.Way:
        is_possible = way is not None and not page.query.trashed and (page.is_newest or way is not pages.by_kind)
        return way if is_possible and way is not None else await chosen(session, page)

    with patch.object(pages, "way_of", choose), patch.object(pages, "NEARBY", 20):
        yield


class TestFilters:
    @settings(max_examples=120, deadline=None)
    @given(
        filters=FILTERS,
        sort=st.sampled_from([*SORTS, *(f"-{sort}" for sort in SORTS)]),
        by=st.integers(0, 1),
        way=st.sampled_from([None, *WAYS]),
    )
    async def test_alone_and_together(
        self,
        tasks: Tasks,
        stock: list[Json],
        owner: Person,
        colleague: Person,
        filters: Json,
        sort: str,
        by: int,
        way: pages.Way | None,
    ) -> None:
        person = (owner, colleague)[by]
        given = {**filters}
        for name in ("created_by", "assigned_user"):
            if name in given:
                given[name] = {"owner": owner.id, "colleague": colleague.id, "nobody": 10**9}[given[name]]
        if "updated_since" in given:
            given["updated_since"] = datetime.fromisoformat(stock[given["updated_since"]]["updated_at"])
        seen = [t for t in stock if person.id in (t["created_by"], *t["assignee_ids"])]
        expected = [task for task in seen if all(holds(task, name, value) for name, value in given.items())]
        params = {k: v.isoformat() if isinstance(v, date) else v for k, v in given.items()}
        with read(way):
            answer = await tasks.get("/api/tasks", person, params={**params, "sort": sort, "limit": 100, "count": True})
        assert answer.status_code == 200, answer.text
        assert [task["id"] for task in answer.json()["items"]] == as_sorted(expected, sort)
        assert answer.json()["total"] == len(expected)

    async def test_projects_and_parents(self, tasks: Tasks, ann: Person) -> None:
        project, other = await tasks.project(ann), await tasks.project(ann)
        parent = await tasks.create(ann)
        task = await tasks.create(ann, project_id=project["id"], parent_id=parent["id"])
        for name, value, count in (
            ("project_id", project["id"], 1),
            ("parent_id", parent["id"], 1),
            ("project_id", other["id"], 0),
            ("parent_id", task["id"], 0),
        ):
            assert len(await tasks.items("/api/tasks", ann, **{name: value})) == count

    async def test_several_at_once(self, tasks: Tasks, ann: Person) -> None:
        made = {status: await tasks.create(ann, status=status) for status in ("todo", "in_progress", "archived")}
        wanted = {made["todo"]["id"], made["archived"]["id"]}
        for query in ("status=todo&status=ARCHIVED", "status=PENDING,archived", "status=todo, archived,todo"):
            found = (await tasks.get(f"/api/tasks?{query}", ann)).json()["items"]
            assert {task["id"] for task in found} == wanted
        problem(await tasks.get("/api/tasks?status=todo,", ann), 422, "validation_failed")


class TestSorts:
    @pytest.mark.parametrize("sort", [*SORTS, *(f"-{sort}" for sort in SORTS)])
    @pytest.mark.parametrize(("limit", "way"), [*zip((1, 7, 3, 4, 5, 2), WAYS, strict=True), (9, None)])
    async def test_page_by_page(
        self, tasks: Tasks, stock: list[Json], owner: Person, sort: str, limit: int, way: pages.Way | None
    ) -> None:
        with read(way):
            found = await tasks.items("/api/tasks", owner, sort=sort, limit=limit)
        assert [task["id"] for task in found] == as_sorted(stock, sort)
        assert found == [next(task for task in stock if task["id"] == shown["id"]) for shown in found]
        if sort.endswith("due_date"):
            dates = [task["due_date"] for task in found]
            assert None not in dates[: dates.index(None)]
            assert set(dates[dates.index(None) :]) == {None}, "what has no date comes last both ways"

    async def test_newest_first_by_default(self, tasks: Tasks, stock: list[Json], owner: Person) -> None:
        answer = await tasks.get("/api/tasks", owner)
        assert [task["id"] for task in answer.json()["items"]] == as_sorted(stock, "-created_at")[:50]


class TestPages:
    async def test_the_link_leads_on(self, tasks: Tasks, stock: list[Json], owner: Person) -> None:
        path = "/api/tasks?status=todo&status=completed&sort=-priority&limit=4&label=it%27s&label=ui"
        first = await tasks.get(path, owner)
        target, _, relation = first.headers["link"].partition("; ")
        assert relation == 'rel="next"'
        query = parse_qs(urlsplit(target.strip("<>")).query)
        assert query.pop("cursor") == [first.json()["next_cursor"]]
        assert query == parse_qs(urlsplit(path).query)
        second = await tasks.get(target.strip("<>"), owner)
        assert second.status_code == 200
        assert not {t["id"] for t in first.json()["items"]} & {t["id"] for t in second.json()["items"]}

    async def test_the_link_keeps_the_filters_whatever_they_are_called(self, tasks: Tasks, ann: Person) -> None:
        label = 'a&b="c">;d%2Fé'
        wanted = [(await tasks.create(ann, f"n{i}", labels=[label]))["id"] for i in range(3)]
        await tasks.create(ann, "other")
        path, seen = f"/api/tasks?{httpx.QueryParams({'label': label, 'limit': 1})}", []
        while path:
            answer = await tasks.get(path, ann)
            assert answer.status_code == 200, answer.text
            seen += [task["id"] for task in answer.json()["items"]]
            path = answer.links.get("next", {}).get("url", "")
        assert seen == wanted[::-1]

    async def test_the_last_has_no_link(self, tasks: Tasks, ann: Person) -> None:
        for _ in range(2):
            await tasks.create(ann)
        answer = await tasks.get("/api/tasks?limit=2", ann)
        assert answer.json()["next_cursor"] is None
        assert "link" not in answer.headers
        assert "total" not in answer.json()

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("sort", ["-created_at", "created_at", "due_date", "-priority", "position", "custom.x"])
    async def test_a_walk_shows_what_stays_once_while_others_come_and_go(
        self, tasks: Tasks, fake_users: FakeUsers, sort: str, way: pages.Way
    ) -> None:
        ann, chance = fake_users.register(), random.Random(3)
        day = TODAY.isoformat()
        made = [
            await tasks.create(ann, priority=chance.choice(PRIORITIES), due_date=chance.choice([None, day]))
            for _ in range(24)
        ]
        stable, leaving = {task["id"] for task in made[::2]}, made[1::2]
        seen: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            params = {"sort": sort, "limit": 5, **({"cursor": cursor} if cursor else {})}
            with read(way):
                page = (await tasks.get("/api/tasks", ann, params=params)).json()
            seen += [task["id"] for task in page["items"]]
            cursor = page["next_cursor"]
            gone = leaving.pop(chance.randrange(len(leaving)))
            await asyncio.gather(
                tasks.delete(gone, ann),
                *(tasks.create(ann, priority=p, due_date=day) for p in chance.choices(PRIORITIES, k=2)),
            )
        assert len(seen) == len(set(seen))
        assert stable <= set(seen)

    async def test_a_page_shows_each_task_as_it_is_now(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, "Before")
        for title in ("One", "Two"):
            await tasks.patch(task, ann, {"title": title})
            assert await tasks.items("/api/tasks", ann) == [await tasks.read(task, ann)]

    async def test_no_more_statements_for_more_rows(
        self, tasks: Tasks, stock: list[Json], owner: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        statements: list[str] = []
        run = Session._run

        async def counted(self: Session, method: str, sql: str, args: tuple[Any, ...]) -> Any:
            if sql != POKE:
                statements.append(sql)
            return await run(self, method, sql, args)

        monkeypatch.setattr(Session, "_run", counted)
        counts = []
        await tasks.get("/api/tasks", owner)
        for limit in (1, 50):
            for path in ("/api/tasks", "/api/activity"):
                tasks.running.app.state.rendered_tasks._known.clear()
                statements.clear()
                assert (await tasks.get(f"{path}?limit={limit}", owner)).status_code == 200
                counts.append(len(statements))
        assert counts[:2] == counts[2:]
        assert max(counts) <= 3


class TestGuesses:
    async def test_follow_what_somebody_sees_and_what_a_filter_lets_through(
        self, tasks: Tasks, fake_users: FakeUsers
    ) -> None:
        """Each way shows the same; here it is asked whether the planner is understood."""
        much, little = (Principal(fake_users.register().id, "", "user", ("*",), uuid4()) for _ in range(2))
        sql = "INSERT INTO tasks (title, status, priority, position, created_by) SELECT 'x', 'todo', 'low', 'x', $1"
        for principal, count in ((much, 900), (little, 5)):
            await tasks.session().execute(f"{sql} FROM generate_series(1, {count})", principal.id)
        await tasks.session().execute("ANALYZE tasks")
        guesses = Shares()
        assert await guesses.tasks(tasks.session()) >= 905
        assert await guesses.seen(tasks.session(), much) > 0.1 > 0.05 > await guesses.seen(tasks.session(), little)
        for query, low, high in ((TaskFilter(status=["todo"]), 0.5, 1), (TaskFilter(status=["archived"]), 0, 0.1)):
            where = filters.conditions(query, little)
            assert low <= await guesses.matching(tasks.session(), where, str(query)) <= high

    @pytest.mark.parametrize(
        ("query", "seen", "matching", "way"),
        [
            ("", 0.3, 1, pages.walk),
            ("", 0.05, 1, pages.by_part),
            ("sort=due_date", 0.05, 1, pages.walk),
            ("sort=due_date", 0.005, 1, pages.by_part),
            ("sort=updated_at", 0.3, 1, pages.nearby_or_walk),
            ("sort=updated_at", 0.05, 1, pages.nearby_or_collect),
            ("status=todo", 0.3, 0.5, pages.by_kind),
            ("status=todo", 0.01, 0.1, pages.collect),
            ("status=todo&sort=due_date", 0.3, 0.5, pages.walk),
            ("overdue=true", 0.3, 0.1, pages.walk),
            ("label=bug", 0.3, 0.1, pages.nearby_or_collect),
            ("label=bug", 0.3, 0.001, pages.collect),
            ("label=bug", 0.9, 0.9, pages.nearby_or_walk),
            ("status=todo&label=bug", 0.9, 0.9, pages.nearby_or_walk),
            ("q=word", 0.3, 1, pages.as_planned),
            ("trashed=true", 0.3, 1, pages.as_planned),
        ],
    )
    async def test_choose_the_way(self, query: str, seen: float, matching: float, way: pages.Way) -> None:
        guesses = AsyncMock(Shares)
        guesses.tasks.return_value, guesses.seen.return_value, guesses.matching.return_value = 1e6, seen, matching
        wanted = TaskFilter.model_validate({k: v[0] for k, v in parse_qs(query).items()})
        principal = Principal(1, "", "user", ("*",), uuid4())
        where = filters.conditions(wanted, principal)
        page = pages.Page(principal, wanted, where, sorting.order_of(wanted, where))
        with patch.object(pages, "SHARES", guesses):
            assert await pages.way_of(MagicMock(Session), page) is way


class TestParts:
    async def test_every_way_to_see_a_task_counts_once(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = (await tasks.post("/api/projects", ann, json={"name": "All of it"})).json()["id"]
        await tasks.call("PUT", f"/api/projects/{project}/members/{bob.id}", ann, json={"role": "member"})
        made = [
            await tasks.create(bob),
            await tasks.create(ann, assignee_ids=[bob.id]),
            await tasks.create(ann, project_id=project),
            await tasks.create(bob, project_id=project, assignee_ids=[bob.id]),
        ]
        await tasks.create(ann)
        for way in WAYS:
            with read(way):
                found = await tasks.items("/api/tasks", bob, limit=1, sort="created_at")
                assert [task["id"] for task in found] == [task["id"] for task in made]


class TestStats:
    @pytest.mark.parametrize("by", [0, 1])
    async def test_equal_a_recount(
        self, tasks: Tasks, stock: list[Json], owner: Person, colleague: Person, by: int
    ) -> None:
        person = (owner, colleague)[by]
        seen = [t for t in stock if person.id in (t["created_by"], *t["assignee_ids"])]
        soon = {(TODAY + timedelta(days=d)).isoformat() for d in (0, 1)}
        open_ones = [task for task in seen if task["status"] in ("todo", "in_progress")]
        assert (await tasks.get("/api/tasks/stats", person)).json() == {
            "total": len(seen),
            "by_status": {s: sum(task["status"] == s for task in seen) for s in STATUSES},
            "by_priority": {p: sum(task["priority"] == p for task in seen) for p in PRIORITIES},
            "overdue": sum(map(is_overdue, seen)),
            "due_soon": sum(task["due_date"] in soon for task in open_ones),
        }

    async def test_of_nothing(self, tasks: Tasks, ann: Person) -> None:
        stats = (await tasks.get("/api/tasks/stats", ann)).json()
        assert stats["total"] == stats["overdue"] == stats["due_soon"] == 0
        assert set(stats["by_status"].values()) == {0}
