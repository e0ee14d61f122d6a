"""NGINX with the real configuration, in front of a tiny upstream that tells what it was sent."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

import httpx
import pytest

from deploy.nginx import Gateway, command
from deploy.ports import Ports, is_free

ORIGIN = "https://app.example.com"
PROBLEM = {"type", "title", "status", "detail", "instance", "code", "request_id"}


async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers every request with its own first line and headers."""
    while head := await reader.read(65536):
        lines = head.decode("latin1").partition("\r\n\r\n")[0].split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        body = json.dumps({"line": lines[0], "headers": headers}).encode()
        extra = "X-Request-ID: from-upstream\r\nX-Content-Type-Options: nosniff\r\n"
        writer.write(f"HTTP/1.1 200 OK\r\n{extra}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    writer.close()


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    chosen = Ports()
    return {name: chosen.block() for name in ("gateway", "tasks", "nobody")}


@pytest.fixture(scope="module")
async def upstream(ports: dict[str, int]) -> AsyncIterator[None]:
    server = await asyncio.start_server(tell, "127.0.0.1", ports["tasks"])
    yield
    server.close()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, ports: dict[str, int], upstream: None) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("gateway")
    dead, alive = f"127.0.0.1:{ports['nobody']}", f"127.0.0.1:{ports['tasks']}"
    services = {"users": [dead], "tasks": [dead, alive], "notifications": [dead]}
    settings = {"ALLOWED_ORIGINS": ORIGIN, "RATE_LIMIT_LOGIN": "3r/m", "RATE_LIMIT_SOCKETS": "1r/m"}
    gateway = Gateway(folder, "127.0.0.1", ports["gateway"], services, str(folder / "access.log"), settings)
    process = subprocess.Popen(command(gateway.write()), stderr=subprocess.DEVNULL)
    while is_free(ports["gateway"]):
        time.sleep(0.01)
    yield f"http://127.0.0.1:{ports['gateway']}"
    process.terminate()
    process.wait(5)
    for line in (folder / "access.log").read_text().splitlines():
        assert "secret" not in line
        json.loads(line)


@pytest.fixture
async def client(base: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base, trust_env=False) as http:
        yield http


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    body: dict[str, Any] = response.json()
    assert set(body) == PROBLEM
    assert (body["status"], body["code"], body["request_id"]) == (status, code, response.headers["x-request-id"])
    return body


async def raw(base: str, request: bytes) -> tuple[int, dict[str, Any]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
    writer.write(request)
    head, _, body = (await asyncio.wait_for(reader.read(), 5)).partition(b"\r\n\r\n")
    writer.close()
    return int(head.split()[1]), json.loads(body)


class TestRouting:
    async def test_the_path_and_query_arrive_as_they_were_sent(self, client: httpx.AsyncClient) -> None:
        told = (await client.get("/api/tasks/?q=a%20b")).json()
        assert told["line"] == "GET /api/tasks/?q=a%20b HTTP/1.1"

    async def test_one_dead_worker_of_two_is_never_seen(self, client: httpx.AsyncClient) -> None:
        answers = [await client.post("/api/tasks", json={}) for _ in range(10)]
        assert {answer.status_code for answer in answers} == {200}

    async def test_a_service_that_is_down_is_a_503_with_retry_after(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/users/me")
        assert "users service" in problem(answer, 503, "service_unavailable")["detail"]
        assert answer.headers["retry-after"] == "1"

    async def test_health_names_the_service_that_is_down(self, client: httpx.AsyncClient) -> None:
        assert "users service" in problem(await client.get("/health/users"), 503, "service_unavailable")["detail"]

    async def test_health_is_answered_by_whoever_is_up(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/health")).json()["line"] == "GET /health/system HTTP/1.1"

    @pytest.mark.parametrize(
        "path",
        [
            *("/internal", "/internal/verify", "/INTERNAL/verify", "//internal/verify", "/%69nternal/verify"),
            *(
                "/internal/..;/api/tasks",
                "/api/../internal/verify",
                "/internal/../api/tasks",
                "/api/%2e%2e/internal/verify",
            ),
            *(
                "/api/tasks/..%2f..%2finternal/verify",
                "/metrics",
                "/livez",
                "/readyz",
                "/health/internal",
                "/api",
                "/api/no",
            ),
        ],
    )
    async def test_the_inside_is_closed_in_every_spelling(self, base: str, path: str) -> None:
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        status, body = await raw(base, request.encode())
        assert (status, body["code"]) == (404, "not_found")


class TestOldAddresses:
    @pytest.mark.parametrize("slash", ["", "/"])
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("/api/task", "/api/tasks"),
            ("/api/task/12", "/api/tasks/12"),
            ("/api/task/12/comments", "/api/tasks/12/comments"),
            ("/api/task-report-insight", "/api/reports/insights"),
            ("/api/users/dashboard", "/api/dashboard"),
        ],
    )
    async def test_mean_the_new_ones(self, client: httpx.AsyncClient, old: str, new: str, slash: str) -> None:
        told = (await client.get(f"{old}{slash}?a=b%20c")).json()
        kept = slash if old.startswith("/api/task/") or old == "/api/task" else ""
        assert told["line"] == f"GET {new}{kept}?a=b%20c HTTP/1.1"

    @pytest.mark.parametrize("slash", ["", "/"])
    @pytest.mark.parametrize("part", ["projects", "comments", "attachments", "activity", "reports"])
    async def test_of_health_ask_the_tasks_service(self, client: httpx.AsyncClient, part: str, slash: str) -> None:
        assert (await client.get(f"/health/{part}{slash}")).json()["line"] == "GET /health HTTP/1.1"

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    async def test_with_every_method(self, client: httpx.AsyncClient, method: str) -> None:
        told = (await client.request(method, "/api/task/12", json={"title": "x"})).json()
        assert told["line"] == f"{method} /api/tasks/12 HTTP/1.1"

    @pytest.mark.parametrize("slash", ["", "/"])
    @pytest.mark.parametrize(
        "path",
        [
            *("/api/register", "/api/login", "/api/logout", "/api/token", "/api/token/refresh", "/api/users/register"),
            *("/api/users/login", "/api/users", "/api/admin/users", "/health/user"),
        ],
    )
    async def test_of_accounts_go_to_the_users_service(self, client: httpx.AsyncClient, path: str, slash: str) -> None:
        """Which is down here."""
        answer = await client.get(path + slash)
        assert "users service" in problem(answer, 503, "service_unavailable")["detail"]

    @pytest.mark.parametrize("slash", ["", "/"])
    @pytest.mark.parametrize("name", ["swagger", "redoc"])
    async def test_of_the_documentation(self, client: httpx.AsyncClient, name: str, slash: str) -> None:
        answer = await client.get(f"/api/docs/{name}{slash}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        new = await client.get("/docs" if name == "swagger" else "/redoc")
        assert (answer.text, answer.headers["content-security-policy"]) == (
            new.text,
            new.headers["content-security-policy"],
        )

    @pytest.mark.parametrize("slash", ["", "/"])
    @pytest.mark.parametrize("page", ["/task-create", "/query", "/update"])
    async def test_of_pages_open_the_console(self, client: httpx.AsyncClient, page: str, slash: str) -> None:
        answer = await client.get(page + slash)
        assert (answer.status_code, answer.text) == (200, (await client.get("/")).text)

    @pytest.mark.parametrize(
        "path", ["/api/task/../../internal/users", "/api/task/..%2f..%2finternal", "/api/taskx", "/api/task-report"]
    )
    async def test_open_nothing_else(self, base: str, path: str) -> None:
        status, body = await raw(base, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert (status, body["code"]) == (404, "not_found")


class TestHeaders:
    async def test_a_sound_request_id_is_passed_up_and_echoed_once(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/tasks", headers={"X-Request-ID": "abc-123"})
        assert answer.headers.get_list("x-request-id") == ["abc-123"]
        assert answer.json()["headers"]["x-request-id"] == "abc-123"

    @pytest.mark.parametrize("given", ["", "a b", 'x"y', "x" * 129])
    async def test_any_other_is_replaced(self, client: httpx.AsyncClient, given: str) -> None:
        answer = await client.get("/api/tasks", headers={"X-Request-ID": given})
        assert answer.headers["x-request-id"] not in ("", given)

    async def test_the_client_s_forwarding_headers_mean_nothing(self, client: httpx.AsyncClient) -> None:
        forged = {
            "X-Forwarded-For": "9.9.9.9",
            "X-Real-IP": "9.9.9.9",
            "X-Forwarded-Proto": "https",
            "Forwarded": "for=9.9.9.9",
        }
        told = (await client.get("/api/tasks", headers=forged)).json()["headers"]
        assert (told["x-forwarded-for"], told["x-real-ip"], told["x-forwarded-proto"]) == (
            "127.0.0.1",
            "127.0.0.1",
            "http",
        )
        assert "forwarded" not in told

    async def test_security_headers_are_on_every_answer_once(self, client: httpx.AsyncClient) -> None:
        for path in ("/", "/docs", "/api/tasks", "/api/no", "/api/users/me"):
            headers = (await client.get(path)).headers
            assert headers.get_list("x-content-type-options") == ["nosniff"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["server"] == "nginx"
            assert "strict-transport-security" not in headers

    async def test_the_console_s_policy_has_no_unsafe_word(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/")
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["content-security-policy"]


class TestCrossOrigin:
    async def test_a_preflight_of_an_allowed_origin(self, client: httpx.AsyncClient) -> None:
        answer = await client.options(
            "/api/tasks", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
        )
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "PATCH" in answer.headers["access-control-allow-methods"]
        assert "If-Match" in answer.headers["access-control-allow-headers"]

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", f"{ORIGIN}.evil.example", "https://xapp.example.com"]
    )
    async def test_another_origin_gets_nothing(self, client: httpx.AsyncClient, origin: str) -> None:
        answer = await client.get("/api/tasks", headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"

    async def test_errors_can_be_read_too(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/no", headers={"Origin": ORIGIN})
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "ETag" in answer.headers["access-control-expose-headers"]


class TestErrors:
    @pytest.mark.parametrize(
        ("request_line", "status"),
        [
            (b"GET /api/no\xff HTTP/1.1", 400),
            (b"GET /api/tasks\xff HTTP/1.1", 400),
            (b"GET /api/tasks/\xff HTTP/1.1", 400),
            (b'GET /api/"\\ HTTP/1.1', 404),
            (b"GET /\x01 HTTP/1.1", 400),
            (b"NONSENSE", 400),
            (b"TRACE /api/tasks HTTP/1.1", 405),
            (b"BREW /api/tasks HTTP/1.1", 405),
            (b"GET / HTTP/9.9", 505),
            (b"GET /" + b"a" * 20_000 + b" HTTP/1.1", 414),
        ],
    )
    async def test_any_bytes_give_a_sound_problem(self, base: str, request_line: bytes, status: int) -> None:
        got, body = await raw(base, request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (got, body["status"], set(body)) == (status, status, PROBLEM)

    async def test_headers_that_are_too_large(self, client: httpx.AsyncClient) -> None:
        problem(await client.get("/api/tasks", headers={"Authorization": "secret" * 5000}), 431, "headers_too_large")

    async def test_a_body_over_a_megabyte(self, client: httpx.AsyncClient) -> None:
        problem(await client.post("/api/tasks", content=b"x" * 2_000_000), 413, "payload_too_large")

    async def test_a_query_is_neither_in_the_problem_nor_in_the_log(self, client: httpx.AsyncClient) -> None:
        assert problem(await client.get("/api/no?token=secret"), 404, "not_found")["instance"] == "/api/no"

    async def test_writing_to_a_page(self, client: httpx.AsyncClient) -> None:
        problem(await client.post("/"), 405, "method_not_allowed")

    async def test_too_many_sign_ins(self, client: httpx.AsyncClient) -> None:
        answers = [await client.post("/api/auth/login", json={}) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [503, 503, 503, 503, 429]
        problem(answers[-1], 429, "rate_limited")
        assert answers[-1].headers["retry-after"] == "1"


class TestSockets:
    async def test_of_very_many_most_wait_while_requests_pass_by(self, client: httpx.AsyncClient) -> None:
        opening = [asyncio.create_task(client.get("/ws/tasks/")) for _ in range(80)]
        for answered in islice(asyncio.as_completed(opening), 40):
            problem(await answered, 503, "service_unavailable")
        assert (await client.get("/api/tasks")).status_code == 200
        assert not all(task.done() for task in opening)
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)


class TestDocuments:
    @pytest.mark.parametrize(
        "path",
        [
            *(
                "/docs",
                "/docs/",
                "/redoc",
                "/docs/live",
                "/docs/own/live.css",
                "/docs/own/swagger.js",
                "/docs/own/redoc.js",
                "/docs/own/docs.css",
            ),
            *(
                "/docs/vendor/swagger-ui.css",
                "/docs/vendor/swagger-ui-bundle.js",
                "/docs/vendor/redoc.standalone.js",
                "/",
                "/tasks/1",
            ),
        ],
    )
    async def test_everything_is_served_from_here(self, client: httpx.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert answer.status_code == 200
        if answer.headers["content-type"].startswith("text/html"):
            assert "//" not in answer.text.replace("<!doctype html>", "")

    @pytest.mark.parametrize(
        "path", ["/docs/own/../../../deploy/cli.py", "/docs/vendor../__init__.py", "/docs/own/%2e%2e/Dockerfile"]
    )
    async def test_nothing_beside_it_is(self, base: str, path: str) -> None:
        status, _ = await raw(base, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert status in (400, 404)
