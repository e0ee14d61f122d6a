"""What every endpoint of every service has in common, seen at the tasks service."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.health import STALE
from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.postgres import Server
from tests.tasks_service.client import Tasks, problem

SECRET = "hunter2 at /srv/app/secret.py"


@pytest.fixture(scope="module")
async def tasks(service_app: StartApp, fake_users: FakeUsers) -> AsyncIterator[Tasks]:
    async with service_app("tasks_service", users_url=fake_users.url) as running:
        for path, error in BROKEN.items():
            running.app.router.add_route(path, raising(error), methods=["GET"])
        yield Tasks(running)


BROKEN: dict[str, Exception] = {
    "/broken/500": RuntimeError(SECRET),
    "/broken/400": HTTPException(400, "cannot be read"),
    "/broken/503": asyncpg.PostgresConnectionError(SECRET),
    "/broken/timeout": TimeoutError(SECRET),
    "/broken/value": asyncpg.NumericValueOutOfRangeError(SECRET),
}


def raising(error: Exception) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_: Request) -> Response:
        raise error

    return endpoint


@pytest.fixture
def ann(fake_users: FakeUsers) -> Person:
    return fake_users.register()


class TestProblems:
    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            ("/broken/500", 500, "internal_error"),
            ("/broken/400", 400, "bad_request"),
            ("/broken/503", 503, "unavailable"),
            ("/broken/timeout", 503, "unavailable"),
            ("/broken/value", 422, "validation_failed"),
            ("/nowhere", 404, "not_found"),
            ("/api/tasks/1/nowhere", 404, "not_found"),
            ("/", 404, "not_found"),
        ],
    )
    async def test_have_one_shape_and_no_internals(self, tasks: Tasks, path: str, status: int, code: str) -> None:
        answer = await tasks.get(path, None)
        body = problem(answer, status, code)
        assert body["type"] == f"urn:taskwire:problem:{code}"
        assert body["instance"] == path
        assert ("errors" in body) == (status == 422)
        assert ("retry-after" in answer.headers) == (status == 503)
        for internal in ("hunter2", "secret.py", "Traceback", "RuntimeError", "asyncpg"):
            assert internal not in answer.text

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "FOO", "OPTIONS"])
    async def test_other_methods(self, tasks: Tasks, ann: Person, method: str) -> None:
        answer = await tasks.call(method, "/api/tasks", ann)
        problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"]

    async def test_head_is_allowed_where_get_is(self, tasks: Tasks, ann: Person) -> None:
        for path, has_get in (("/api/tasks", True), ("/api/tasks/bulk", False)):
            allow = (await tasks.call("PATCH" if has_get else "HEAD", path, ann)).headers["allow"]
            assert ("HEAD" in allow) == has_get


class TestHead:
    @pytest.mark.parametrize(
        "path", ["/api/tasks", "/api/tasks/{id}", "/api/tasks/999999", "/api/tasks?limit=0", "/livez"]
    )
    async def test_is_get_without_a_body(self, tasks: Tasks, ann: Person, path: str) -> None:
        path, headers = path.format(id=(await tasks.create(ann))["id"]), {"X-Request-ID": "same"}
        got = await tasks.get(path, ann, headers=headers)
        head = await tasks.call("HEAD", path, ann, headers=headers)
        assert head.status_code == got.status_code
        assert head.headers == got.headers
        assert head.content == b""

    async def test_needs_the_same_right(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        assert (await tasks.call("HEAD", f"/api/tasks/{task['id']}", None)).status_code == 401


class TestRequestId:
    @pytest.mark.parametrize("given", ["abc", "A.b:c_d-1", "x" * 128])
    async def test_is_taken_and_echoed(self, tasks: Tasks, ann: Person, given: str) -> None:
        for path, person in (("/api/tasks", ann), ("/api/tasks", None), ("/nowhere", None), ("/broken/500", None)):
            answer = await tasks.get(path, person, headers={"X-Request-ID": given})
            assert answer.headers.get_list("x-request-id") == [given]

    @pytest.mark.parametrize("given", [None, "", "x" * 129, "a b", "a\tb", "<script>", "é"])
    async def test_is_made_where_there_is_no_good_one(self, tasks: Tasks, given: str | None) -> None:
        headers = {} if given is None else {"X-Request-ID": given.encode()}
        made = [(await tasks.get("/livez", None, headers=headers)).headers["x-request-id"] for _ in range(2)]
        assert all(re.fullmatch("[0-9a-f]{32}", one) for one in made)
        assert made[0] != made[1]


class TestAnswers:
    @pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/stats", "/api/activity", "/api/tasks/1", "/livez"])
    async def test_with_and_without_a_slash_are_alike(self, tasks: Tasks, ann: Person, path: str) -> None:
        headers = {"X-Request-ID": "same"}
        without, with_slash = [await tasks.get(p, ann, headers=headers) for p in (path, f"{path}/")]
        assert with_slash.status_code == without.status_code
        assert with_slash.content == without.content

    async def test_are_not_kept_by_caches(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        for path in ("/api/tasks", f"/api/tasks/{task['id']}", "/nowhere", "/broken/500", "/livez"):
            assert (await tasks.get(path, ann)).headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "BEARER"])
    async def test_for_every_spelling_of_the_scheme(self, tasks: Tasks, ann: Person, scheme: str) -> None:
        headers = {"Authorization": f"{scheme} {ann.token}"}
        assert (await tasks.get("/api/tasks", None, headers=headers)).status_code == 200

    @pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic eDp5", "bearer\ttoken", "é", "Bearer é"])
    async def test_for_no_token(self, tasks: Tasks, value: str) -> None:
        answer = await tasks.get("/api/tasks", None, headers={"Authorization": value.encode()})
        problem(answer, 401, "unauthenticated")

    async def test_never_for_a_token_in_the_address(self, tasks: Tasks, ann: Person) -> None:
        for name in ("token", "access_token"):
            problem(await tasks.get(f"/api/tasks?{name}={ann.token}", None), 401, "unauthenticated")


async def beat(tasks: Tasks, name: str, status: str = "ok", age: float = 0) -> None:
    await tasks.session().execute(
        "INSERT INTO heartbeats VALUES ($1, $2, now() - make_interval(secs => $3)) "
        "ON CONFLICT (name) DO UPDATE SET status = excluded.status, beat_at = excluded.beat_at",
        name,
        status,
        age,
    )


def checks(answer: httpx.Response, status: int) -> dict[str, str]:
    assert answer.status_code == status
    body = answer.json()
    assert body["status"] == ("ok" if status == 200 else "unwell")
    found: dict[str, str] = body["checks"]
    return found


class TestHealth:
    async def test_alive(self, tasks: Tasks) -> None:
        answer = await tasks.get("/livez", None)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})

    async def test_ready(self, tasks: Tasks) -> None:
        assert checks(await tasks.get("/readyz", None), 200) == {"database": "ok"}

    async def test_of_the_worker(self, tasks: Tasks) -> None:
        await tasks.session().execute("TRUNCATE heartbeats")
        well = {"database": "ok", "bus": "ok"}
        found = checks(await tasks.get("/health", None), 503)
        assert found == {**well, "relay": "not running", "consumer": "not running"}
        await beat(tasks, "relay", "standby")
        await beat(tasks, "consumer")
        assert checks(await tasks.get("/health", None), 200) == {**well, "relay": "standby", "consumer": "ok"}
        await beat(tasks, "consumer", age=STALE + 1)
        assert checks(await tasks.get("/health", None), 503)["consumer"] == "not running"
        await beat(tasks, "consumer", "broker unreachable")
        assert checks(await tasks.get("/health", None), 503)["consumer"] == "broker unreachable"

    async def test_of_the_system_names_the_part(self, tasks: Tasks) -> None:
        answer = await tasks.get("/health/system", None)
        assert answer.status_code == 503
        assert answer.json()["services"].keys() == {"users", "tasks", "notifications"}
        assert answer.json()["services"]["notifications"]["status"] == "unreachable"

    async def test_without_tables(self, service_app: StartApp, postgres: Server) -> None:
        url = await postgres.empty_database()
        async with service_app("tasks_service", database_url=url) as running:
            empty = Tasks(running)
            assert checks(await empty.get("/readyz", None), 503) == {"database": "not migrated"}

    async def test_without_a_database(self, service_app: StartApp, fake_users: FakeUsers, ann: Person) -> None:
        url = "postgresql://nobody:x@127.0.0.1:9/nothing"
        async with service_app("tasks_service", database_url=url, users_url=fake_users.url) as running:
            away = Tasks(running)
            assert checks(await away.get("/readyz", None), 503) == {"database": "unreachable"}
            assert checks(await away.get("/health", None), 503)["database"] == "unreachable"
            assert (await away.get("/livez", None)).status_code == 200
            assert 'part_up{part="database"} 0.0' in (await away.get("/metrics", None)).text
            refused = await away.get("/api/tasks", ann)
            problem(refused, 503, "unavailable")
            assert int(refused.headers["retry-after"]) > 0

    async def test_metrics_tell_of_what_is_behind(self, tasks: Tasks, ann: Person) -> None:
        await tasks.session().execute("TRUNCATE heartbeats")
        await tasks.session().execute("UPDATE events SET published_at = now()")
        await beat(tasks, "relay", "standby")
        await tasks.create(ann)
        text = (await tasks.get("/metrics", None)).text
        for line in ('part_up{part="database"} 1.0', 'part_up{part="relay"} 1.0', 'part_up{part="consumer"} 0.0'):
            assert line in text
        assert "outbox_events 1.0" in text
        assert "dead_letters 0.0" in text

    async def test_metrics_count_by_template(self, tasks: Tasks, ann: Person) -> None:
        for task_id in (101, 102, 103):
            await tasks.get(f"/api/tasks/{task_id}", ann)
        await tasks.get("/secret/path", None)
        text = (await tasks.get("/metrics", None)).text
        assert re.search(r'http_requests_total\{method="GET",route="/api/tasks/\{task_id\}",status="404"\} [3-9]', text)
        assert 'route="unmatched"' in text
        assert "secret" not in text
        assert "/101" not in text
