"""GET /api/users."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apps import ServiceApp
from tests.users_service.people import Person, assert_problem, pointers, sign_up

FILL = """
INSERT INTO users (username, email, password_hash, full_name, role, is_active)
SELECT 'filler' || CASE WHEN n % 2 = 0 THEN '-' ELSE 'X' END || lpad(n::text, 3, '0'),
    'f' || n || '@filler.example', '!',
    'Filler Number' || n, CASE WHEN n = 7 THEN 'admin' ELSE 'user' END, n % 10 <> 0
FROM generate_series(1, 60) AS n
"""


@pytest.fixture(scope="module", autouse=True)
async def filled(users_app: ServiceApp) -> None:
    await users_app.session().execute(FILL)


async def walk(person: Person, **params: Any) -> list[dict[str, Any]]:
    """All rows of a list, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        answer = await person.get("/api/users", params=params)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next_cursor"] is None:
            assert "link" not in answer.headers
            return found
        assert 'rel="next"' in answer.headers["link"]
        params = {**params, "cursor": answer.json()["next_cursor"]}


class TestWho:
    async def test_users_get_the_directory(self, person: Person) -> None:
        items = await walk(person)
        assert all(item.keys() == {"id", "username", "full_name", "avatar"} for item in items)
        assert sum(item["username"].startswith("filler") for item in items) == 54

    async def test_admins_get_everything(self, admin: Person) -> None:
        items = await walk(admin)
        assert all(item.keys() > {"email", "role", "is_active"} for item in items)
        assert sum(not item["is_active"] for item in items) == 6

    @pytest.mark.parametrize("params", [{"role": "admin"}, {"is_active": "false"}, {"is_active": "true"}])
    async def test_users_do_not_filter_by_what_they_do_not_see(self, person: Person, params: dict[str, str]) -> None:
        assert_problem(await person.get("/api/users", params=params), 403, "admins_only")

    async def test_users_do_not_find_by_email(self, person: Person, admin: Person) -> None:
        assert await walk(person, q="filler.example") == []
        assert len(await walk(admin, q="FILLER.example")) == 60


class TestFilters:
    async def test_role_and_activity(self, admin: Person) -> None:
        assert {item["username"] for item in await walk(admin, role="admin")} == {admin.username, "fillerX007"}
        assert len(await walk(admin, is_active="false")) == 6
        assert len(await walk(admin, is_active="false", q="number2")) == 1

    async def test_q_finds_parts_in_any_case(self, users_app: ServiceApp, person: Person) -> None:
        wanted = await sign_up(users_app, full_name="Åsa Öberg")
        for q in ("öBERG", "åsa ö", wanted.username.upper(), "Öb"):
            assert [item["id"] for item in await walk(person, q=q)] == [wanted.id]

    @pytest.mark.parametrize("q", ["%", "_", "\\", "%%", "r_1", "' OR 1=1 --"])
    async def test_q_has_no_wildcards(self, person: Person, q: str) -> None:
        assert await walk(person, q=q) == []

    async def test_count(self, admin: Person) -> None:
        answer = await admin.get("/api/users", params={"count": "true", "limit": 1, "is_active": "false"})
        assert answer.json()["total"] == 6

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("limit", "0"),
            ("limit", "101"),
            ("limit", "x"),
            ("limit", "9" * 5000),
            ("sort", "email"),
            ("sort", "id; DROP TABLE users"),
            ("role", "root"),
            ("is_active", "perhaps"),
            ("q", ""),
            ("q", "\x00"),
            ("q", "x" * 101),
            ("cursor", "nonsense"),
            ("cursor", "\ufffd"),
            ("cursor", "bnVsbA"),
            ("unknown", "1"),
        ],
    )
    async def test_bad_parameter_is_refused(self, admin: Person, name: str, value: str) -> None:
        answer = await admin.get("/api/users", params={name: value})
        assert pointers(assert_problem(answer, 422)) == {f"/{name}"}


class TestPages:
    @pytest.mark.parametrize("sort", ["id", "-id", "username", "-username"])
    async def test_walk_sees_each_row_once_in_order(self, admin: Person, sort: str) -> None:
        items = await walk(admin, sort=sort, limit=7, q="filler")
        key = sort.lstrip("-")
        values = [item[key].lower() if key == "username" else item[key] for item in items]
        assert len(values) == 60
        assert values == sorted(set(values), reverse=sort.startswith("-"))

    async def test_walk_is_steady_while_others_write(self, users_app: ServiceApp, admin: Person) -> None:
        first = (await admin.get("/api/users", params={"sort": "username", "limit": 20, "q": "filler"})).json()
        for name in ("filler-000", "fillerZ999"):
            await users_app.session().execute(
                "INSERT INTO users (username, email, password_hash) VALUES ($1, $1 || '@late.example', '!')", name
            )
        params = {"sort": "username", "limit": 100, "q": "filler", "cursor": first["next_cursor"]}
        rest = (await admin.get("/api/users", params=params)).json()
        names = [item["username"] for item in first["items"] + rest["items"]]
        assert len(names) == len(set(names)) == 61
        await users_app.session().execute("DELETE FROM users WHERE email LIKE '%@late.example'")

    async def test_cursor_belongs_to_its_list(self, admin: Person, person: Person) -> None:
        cursor = (await admin.get("/api/users", params={"limit": 1})).json()["next_cursor"]
        for params in ({"sort": "-id"}, {"q": "filler"}, {"role": "user"}):
            answer = await admin.get("/api/users", params={**params, "cursor": cursor})
            assert pointers(assert_problem(answer, 422)) == {"/cursor"}
        assert_problem(await person.get("/api/users", params={"cursor": cursor}), 422)
