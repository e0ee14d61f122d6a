"""The filter language against a model of it in Python, and what it refuses."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, problem

TODAY = datetime.now(UTC).date()
STATUSES, PRIORITIES = ["todo", "in_progress", "completed", "archived"], ["low", "medium", "high", "urgent"]
LABELS = ["bug", "ui", "it's", 'a "b"', "not"]
WORDS = ["alpha", "beta", "gamma"]


@pytest.fixture(scope="module")
async def stock(tasks: Tasks, owner: Person, colleague: Person) -> list[Json]:
    """Fifty tasks of all kinds, as `owner` sees them."""
    chance = random.Random(11)
    made = []
    for _ in range(50):
        day = chance.choice([None, *(TODAY + timedelta(days=d) for d in (-8, -1, 0, 1, 7))])
        made.append(
            await tasks.create(
                chance.choice([owner, colleague]),
                " ".join(chance.choices(WORDS, k=2)),
                status=chance.choice(STATUSES),
                priority=chance.choice(PRIORITIES),
                due_date=day and day.isoformat(),
                labels=chance.sample(LABELS, chance.randrange(3)),
                assignee_ids=[owner.id, *chance.sample([colleague.id], chance.randrange(2))],
                description=chance.choice(["", "delta epsilon"]),
                estimate_minutes=chance.choice([None, 0, 30, 90]),
            )
        )
    return [await tasks.read(task, owner) for task in made]


@dataclass(frozen=True)
class Case:
    """A filter as text, and the same as a function of a task."""

    text: str
    holds: Any

    def __repr__(self) -> str:
        return self.text


def compare(name: str, key: str, values: list[tuple[str, Any]], signs: list[str]) -> st.SearchStrategy[Case]:
    """Terms on a field of one value. What is empty compares to nothing, so only `!=` holds of it."""

    def build(sign: str, value: tuple[str, Any]) -> Case:
        def holds(task: Json) -> bool:
            have = rank(key, task[key])
            want = rank(key, value[1])
            if have is None:
                return sign == "!="
            return bool(
                {
                    "=": have == want,
                    "!=": have != want,
                    "<": have < want,
                    "<=": have <= want,
                    ">": have > want,
                    ">=": have >= want,
                }[sign]
            )

        return Case(f"{name}{sign}{value[0]}", holds)

    return st.builds(build, st.sampled_from(signs), st.sampled_from(values))


def rank(key: str, value: Any) -> Any:
    return PRIORITIES.index(value) if key == "priority" else value


def days() -> list[tuple[str, Any]]:
    named = [("today", 0), ("Tomorrow", 1), ("yesterday", -1), ("today+7d", 7), ("TODAY-1w", -7), ("tomorrow-2d", -1)]
    found = [(text, (TODAY + timedelta(days=shift)).isoformat()) for text, shift in named]
    return [*found, *((day, day) for _, day in found)]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def holding(name: str, key: str, values: list[tuple[str, Any]]) -> st.SearchStrategy[Case]:
    """Terms on a field of several values."""

    def build(sign: str, chosen: list[tuple[str, Any]]) -> Case:
        found = [value for _, value in chosen]
        listed = f"({', '.join(text for text, _ in chosen)})"
        return {
            "=": Case(f"{name} = {chosen[0][0]}", lambda task: found[0] in task[key]),
            "!=": Case(f"{name} != {chosen[0][0]}", lambda task: found[0] not in task[key]),
            "in": Case(f"{name} IN {listed}", lambda task: bool({*found} & {*task[key]})),
            "not in": Case(f"{name} not in {listed}", lambda task: not {*found} & {*task[key]}),
            "empty": Case(f"{name} is empty", lambda task: not task[key]),
            "full": Case(f"{name} IS NOT Empty", lambda task: bool(task[key])),
        }[sign]

    signs = st.sampled_from(["=", "!=", "in", "not in", "empty", "full"])
    return st.builds(build, signs, st.lists(st.sampled_from(values), min_size=1, max_size=3))


def one_of(name: str, key: str, values: list[str]) -> st.SearchStrategy[Case]:
    def build(chosen: list[str], negated: bool) -> Case:
        text = f"{name} {'not ' if negated else ''}in({','.join(chosen)})"
        return Case(text, lambda task: (task[key] in chosen) is not negated)

    return st.builds(build, st.lists(st.sampled_from(values), min_size=1, max_size=3), st.booleans())


def has_words(text: str, words: str) -> bool:
    return all(any(word.startswith(start) for word in text.lower().split()) for start in words.lower().split())


def words(name: str, keys: list[str]) -> st.SearchStrategy[Case]:
    def build(value: str, negated: bool) -> Case:
        def holds(task: Json) -> bool:
            return has_words(" ".join(task[key] for key in keys), value) is not negated

        return Case(f"{name}{'!~' if negated else '~'}{quoted(value)}", holds)

    return st.builds(build, st.sampled_from(["al", "ALPHA beta", "delta", "zeta", "gam"]), st.booleans())


def overdue(task: Json) -> bool:
    return bool(task["due_date"]) and task["due_date"] < TODAY.isoformat() and task["status"] in STATUSES[:2]


ORDERED = ["=", "!=", "<", "<=", ">", ">="]
NUMBERS = [(str(n), n) for n in (0, 30, 31, 1000)]
TERMS = st.one_of(
    compare("priority", "priority", [(p.upper(), p) for p in PRIORITIES], ORDERED),
    compare("Status", "status", [(s, s) for s in [*STATUSES]] + [("PENDING", "todo")], ["=", "!="]),
    compare("due", "due_date", days(), ORDERED),
    compare("estimate", "estimate_minutes", NUMBERS, ORDERED),
    one_of("priority", "priority", PRIORITIES),
    one_of("status", "status", STATUSES),
    holding("label", "labels", [(quoted(label), label) for label in LABELS] + [("bug", "bug")]),
    words("title", ["title"]),
    words("description", ["description"]),
    words("text", ["title", "description"]),
    st.just(Case("due is empty", lambda task: task["due_date"] is None)),
    st.just(Case("description is empty", lambda task: not task["description"])),
    st.just(Case("estimate_minutes is not empty", lambda task: task["estimate_minutes"] is not None)),
    st.just(Case("project is empty", lambda task: task["project_id"] is None)),
    st.just(Case("title = 'Alpha BETA'", lambda task: task["title"] == "alpha beta")),
    st.just(Case("overdue = true", overdue)),
    st.just(Case("overdue = false", lambda task: not overdue(task))),
    st.just(Case("created >= today and created < tomorrow", lambda task: True)),
    st.just(Case("created = today", lambda task: True)),
    st.just(Case("updated > now-1h", lambda task: True)),
    st.just(Case("created <= yesterday", lambda task: False)),
)


def joined(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    def both(parts: list[Case]) -> Case:
        return Case(" AND ".join(f"({p.text})" for p in parts), lambda task: all(p.holds(task) for p in parts))

    def either(parts: list[Case]) -> Case:
        return Case(f"({' or '.join(p.text for p in parts)})", lambda task: any(p.holds(task) for p in parts))

    def negation(part: Case) -> Case:
        return Case(f"not ({part.text})", lambda task: not part.holds(task))

    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(several.map(both), several.map(either), inner.map(negation))


class TestFilterLanguage:
    @settings(max_examples=250, deadline=None)
    @given(case=st.recursive(TERMS, joined, max_leaves=6))
    async def test_equals_its_model(self, tasks: Tasks, stock: list[Json], owner: Person, case: Case) -> None:
        params = {"filter": case.text, "limit": 100, "sort": "created_at", "fields": "id"}
        answer = await tasks.get("/api/tasks", owner, params=params)
        assert answer.status_code == 200, answer.text
        assert [task["id"] for task in answer.json()["items"]] == [task["id"] for task in stock if case.holds(task)]

    @pytest.mark.parametrize("negated", [False, True])
    @pytest.mark.parametrize("name", ["assignee", "assigned_to", "created_by", "creator"])
    async def test_people(
        self, tasks: Tasks, stock: list[Json], owner: Person, colleague: Person, name: str, negated: bool
    ) -> None:
        for value, user in (
            ("me", owner),
            (str(colleague.id), colleague),
            (colleague.username.upper(), colleague),
            (f'"{colleague.username}"', colleague),
            ("nobody-of-this-name", None),
        ):
            found = await tasks.items("/api/tasks", owner, filter=f"{name}{'!=' if negated else '='}{value}")
            key = "assignee_ids" if "assign" in name else "created_by"
            have = [user is not None and user.id in ([t[key]] if key == "created_by" else t[key]) for t in stock]
            expected = {task["id"] for task, has in zip(stock, have, strict=True) if has is not negated}
            assert {task["id"] for task in found} == expected

    async def test_and_binds_more_than_or(self, tasks: Tasks, stock: list[Json], owner: Person) -> None:
        text = "status=archived or status=todo and priority=low or not status=todo and priority=low"
        expected = {t["id"] for t in stock if t["status"] == "archived" or t["priority"] == "low"}
        assert {t["id"] for t in await tasks.items("/api/tasks", owner, filter=text)} == expected

    async def test_together_with_other_filters(self, tasks: Tasks, stock: list[Json], owner: Person) -> None:
        answer = await tasks.get("/api/tasks?status=todo&count=true&filter=priority>=high&limit=1", owner)
        expected = [t for t in stock if t["status"] == "todo" and t["priority"] in ("high", "urgent")]
        assert answer.json()["total"] == len(expected)

    async def test_today_is_the_readers(self, tasks: Tasks, fake_users: FakeUsers) -> None:
        """There is always a zone where it is another day than in Greenwich."""
        east = datetime.now(UTC).hour >= 10  # there from 10 on, in the west until 11
        zone, shift = ("Pacific/Kiritimati", 1) if east else ("Pacific/Pago_Pago", -1)
        ann = fake_users.register(timezone=zone)
        today: date = TODAY + timedelta(days=shift)
        task = await tasks.create(ann, due_date=today.isoformat(), assignee_ids=[ann.id])
        assert [t["id"] for t in await tasks.items("/api/tasks", ann, filter="due=today")] == [task["id"]]

    async def test_shows_nothing_that_is_not_seen(self, tasks: Tasks, stock: list[Json], ann: Person) -> None:
        for text in ("id>0", "not id=0", "assignee!=me or assignee=me", "1=1 or status=todo"):
            answer = await tasks.get("/api/tasks", ann, params={"filter": text})
            assert answer.status_code == 422 or answer.json()["items"] == []

    async def test_projects_by_id_or_key(self, tasks: Tasks, ann: Person) -> None:
        project = (await tasks.post("/api/projects", ann, json={"name": "Web", "key": "WEB"})).json()
        inside, outside = await tasks.create(ann, project_id=project["id"]), await tasks.create(ann)
        for text, expected in (
            (f"project={project['id']}", inside),
            ("project = web", inside),
            ("project in (WEB, NOPE)", inside),
            ("project != WEB", outside),
            ("project is empty", outside),
            ("key = web-1", inside),
        ):
            assert [t["id"] for t in await tasks.items("/api/tasks", ann, filter=text)] == [expected["id"]], text


VALUES: list[Any] = [None, 1, 2.5, -3, "Firefox", "2031-01-01", "2031-02-01", "10", TODAY.isoformat()]


class TestCustomFields:
    @pytest.fixture
    async def stocked(self, tasks: Tasks, ann: Person) -> list[Json]:
        made = [await tasks.create(ann) for _ in VALUES]
        for task, value in zip(made, VALUES, strict=True):
            task["custom_fields"] = {} if value is None else {"extra": value}
            sql = "UPDATE tasks SET custom_fields = $2 WHERE id = $1"
            await tasks.session().execute(sql, task["id"], task["custom_fields"])
        return made

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("custom.extra = Firefox", ["Firefox"]),
            ("Custom.Extra > 1", [2.5]),
            ("custom_fields.extra >= -3", [1, 2.5, -3]),
            ("custom.extra in (1, 2.5, nothing)", [1, 2.5]),
            ("custom.extra = 10", ["10"]),
            ("custom.extra < 2031-02-01 and custom.extra >= 2031-01-01", ["2031-01-01"]),
            ("custom.extra = today", [TODAY.isoformat()]),
            ("custom.extra ~ FIRE", ["Firefox"]),
            ("custom.extra is empty", [None]),
            ("custom.extra != 1 and custom.extra is not empty and not custom.extra < 'A'", [2.5, -3, "Firefox"]),
            ("custom.other = 1", []),
        ],
    )
    async def test_are_compared(
        self, tasks: Tasks, ann: Person, stocked: list[Json], text: str, expected: list[Any]
    ) -> None:
        found = [t["id"] for t in await tasks.items("/api/tasks", ann, filter=text, sort="created_at")]
        assert found == [t["id"] for t in stocked if t["custom_fields"].get("extra") in expected]

    @pytest.mark.parametrize("sign", ["", "-"])
    async def test_sort_page_by_page(self, tasks: Tasks, ann: Person, stocked: list[Json], sign: str) -> None:
        found = [t["id"] for t in await tasks.items("/api/tasks", ann, sort=f"{sign}custom.extra", limit=2)]
        assert sorted(found) == [task["id"] for task in stocked]
        assert found[-1] == stocked[0]["id"], "what has no value comes last"
        values = [VALUES[[task["id"] for task in stocked].index(i)] for i in found[:-1]]
        numbers = sorted((v for v in values if not isinstance(v, str)), reverse=sign == "-")
        assert [v for v in values if not isinstance(v, str)] == numbers

    @pytest.mark.parametrize("name", ["custom.", "custom.A-b", "custom.x'y", "custom.a.b", "custom", "customs.x"])
    async def test_keys_that_cannot_be(self, tasks: Tasks, ann: Person, name: str) -> None:
        problem(await tasks.get("/api/tasks", ann, params={"sort": name}), 422, "validation_failed")
        problem(await tasks.get("/api/tasks", ann, params={"filter": f"{name}=1"}), 422, "validation_failed")


WRONG = [
    ("", 1, "expected a field"),
    ("   ", 4, "expected a field"),
    ("status", 7, "expected one of"),
    ("status=", 8, "expected a value"),
    ("status=nonsense", 8, "is none of"),
    ("due<today+7d and due<soon", 22, "is no day"),
    ("due<2026-02-30", 5, "is no day"),
    ("due<9999-12-31", 5, "is no day"),
    ("due<today+99999y", 5, "is no day"),
    ("due<today+1h", 5, "is no day"),
    ("created<now+99999y", 9, "is no moment"),
    ("created<9999-12-31T23:59:59-14:00", 9, "is no moment"),
    ("password=x", 1, "there is no field"),
    ("status<todo", 1, "does not take '<'"),
    ("description=x", 1, "does not take '='"),
    ("priority is empty", 1, "never empty"),
    ("due is full", 8, "expected 'empty'"),
    ("(status=todo", 13, "expected ')'"),
    ("status=todo)", 12, "expected 'and', 'or' or the end"),
    ("status=todo priority=low", 13, "expected 'and', 'or' or the end"),
    ("status=todo and", 16, "expected a field"),
    ("and status=todo", 1, "expected a field"),
    ("label=and", 7, "in quotes"),
    ("label in bug", 10, "expected '('"),
    ("label in (bug", 14, "expected ',' or ')'"),
    ("label in ()", 11, "expected a value"),
    ("label not bug", 11, "expected 'in'"),
    ("title~'open", 7, "not closed"),
    ("title~'!!'", 7, "at least one letter"),
    ("assignee=99999999999999999999", 10, "no whole number"),
    ("estimate>1.5", 10, "no whole number"),
    ("overdue=perhaps", 9, "true or false"),
    ("(" * 30 + "id=1" + ")" * 30, 22, "deep"),
    (" or ".join(["id=1"] * 101), 801, "at most 100 terms"),
    (f"label in ({','.join('x' * 102)})", 211, "at most 100 values"),
    ("x" * 2001, 2001, "at most 2000"),
]


class TestRefusals:
    @pytest.mark.parametrize(("text", "at", "message"), WRONG, ids=lambda value: repr(value)[:30])
    async def test_name_the_place(self, tasks: Tasks, ann: Person, text: str, at: int, message: str) -> None:
        body = problem(await tasks.get("/api/tasks", ann, params={"filter": text}), 422, "validation_failed")
        assert body["errors"][0]["pointer"] == "/filter"
        assert body["errors"][0]["message"].startswith(f"at character {at}: ")
        assert message in body["errors"][0]["message"]

    @settings(max_examples=150, deadline=None)
    @given(
        text=st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
        | st.lists(
            st.sampled_from(
                [
                    *("status", "due", "label", "=", "!~", "<=", "in", "is", "empty", "not", "(", ")", ",", "today+1d"),
                    *("and", "or", "me", "title", "~", "0", "\\", '"', "created", "now-9w"),
                ]
            ),
            max_size=12,
        ).map(" ".join)
    )
    async def test_any_text_at_all(self, tasks: Tasks, fake_users: FakeUsers, text: str) -> None:
        ann = fake_users.sign_in(1) if 1 in fake_users.people else fake_users.register()
        answer = await tasks.get("/api/tasks", ann, params={"filter": text})
        assert answer.status_code in (200, 422), answer.text


class TestFields:
    async def test_only_those(self, tasks: Tasks, stock: list[Json], owner: Person) -> None:
        whole = await tasks.items("/api/tasks", owner)
        for fields in ("title,id", ["title", "id,title"]):
            found = await tasks.items("/api/tasks", owner, fields=fields)
            assert found == [{"title": task["title"], "id": task["id"]} for task in whole]

    async def test_on_every_page_and_its_link(self, tasks: Tasks, stock: list[Json], owner: Person) -> None:
        first = await tasks.get("/api/tasks?fields=version&limit=3", owner)
        assert "fields=version" in first.headers["link"]
        assert len(await tasks.items("/api/tasks", owner, fields="version", limit=3)) == len(stock)
