"""The gateway with its default limits: what it closes, what it refuses, and how it says so."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator

import httpx
import jsonschema
import pytest
import websockets
from openapi_spec_validator import validate

from tests.system.people import Listener, Person, until
from tests.system.running import RunningSystem

pytestmark = pytest.mark.system

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id"}


def is_problem(answer: httpx.Response, status: int) -> bool:
    is_json = answer.headers["content-type"].startswith("application/problem+json")
    return (
        answer.status_code == status and is_json and answer.json()["status"] == status and set(answer.json()) >= MEMBERS
    )


@pytest.fixture
def http(embedded: RunningSystem) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=embedded.base, trust_env=False, timeout=20) as client:
        yield client


class TestDoors:
    @pytest.mark.parametrize(
        "path",
        [
            "/internal/users?ids=1",
            "//internal/users?ids=1",
            "/%69nternal/users?ids=1",
            "/api/../internal/users?ids=1",
            "/api/auth/..%2f..%2finternal/users",
            "/internal/sessions/ended",
            "/metrics",
            "/metrics/",
            "/livez",
            "/readyz",
            "/health/system",
            "/docs/../../secrets/signing-key.pem",
            "/nowhere",
            "/api",
            "/api/nowhere",
        ],
    )
    def test_closed(self, http: httpx.Client, path: str) -> None:
        assert is_problem(http.get(path), 404)

    @pytest.mark.parametrize("part", ["", "/users", "/tasks", "/notifications"])
    def test_health(self, http: httpx.Client, part: str) -> None:
        answer = http.get(f"/health{part}")
        assert answer.status_code == 200
        assert answer.json()["status"] == "ok"

    def test_the_merged_document_is_valid(self, http: httpx.Client) -> None:
        document = http.get("/openapi.json").json()
        assert document["openapi"].startswith("3.1")
        validate(document)
        ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
        assert len(ids) == len(set(ids)) > 25
        for item in document["paths"].values():
            for operation in item.values():
                assert operation["summary"]
                assert operation["tags"]

    async def test_live_frames_are_as_the_document_says(self, embedded: RunningSystem) -> None:
        ann, bob = await Person.registered(embedded.base), await Person.registered(embedded.base)
        schemas = {"components": (await ann.get("/asyncapi.json")).json()["components"]}
        async with Listener(bob) as at_bob:
            await ann.post("/api/tasks", {"title": "Write", "assignee_ids": [bob.id]})
            await until(lambda: at_bob.frames and at_bob.notifications)
        for name, frame in (("TaskUpdate", at_bob.frames[0]), ("NotificationCreated", at_bob.notifications[0])):
            frame.pop("heard_at", None)
            schema = {"$ref": f"#/components/schemas/{name}", **schemas}
            jsonschema.validate(frame, schema, cls=jsonschema.Draft202012Validator)


class TestRefusals:
    def test_a_body_of_two_megabytes(self, http: httpx.Client) -> None:
        assert is_problem(http.post("/api/tasks", content=b"x" * 2_000_000), 413)
        assert is_problem(http.post("/api/tasks", content=iter([b"x" * 100_000] * 20)), 413)

    def test_headers_and_addresses_without_end(self, http: httpx.Client) -> None:
        assert is_problem(http.get("/api/tasks", headers={"X-Long": "x" * 60_000}), 431)
        assert is_problem(http.get("/api/tasks?q=" + "x" * 60_000), 414)

    @pytest.mark.parametrize(
        "head",
        [
            b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
            b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
            b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
            b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nX: a\x01b\r\nConnection: close\r\n\r\n",
            b"GET /api/\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"nonsense\r\n\r\n",
        ],
    )
    def test_what_is_not_http(self, embedded: RunningSystem, head: bytes) -> None:
        with socket.create_connection(("127.0.0.1", embedded.port), 5) as connection:
            connection.sendall(head)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"application/problem+json" in answer
        assert answer.count(b"HTTP/1.1 ") == 1

    async def test_too_many_requests(self, embedded: RunningSystem) -> None:
        """Whatever the client says of its address."""
        async with httpx.AsyncClient(base_url=embedded.base, trust_env=False) as http:

            async def register(i: int) -> httpx.Response:
                return await http.post("/api/auth/register", json={}, headers={"X-Forwarded-For": f"10.0.0.{i % 250}"})

            answers = await asyncio.gather(*(register(i) for i in range(150)))
        counted = Counter(answer.status_code for answer in answers)
        assert set(counted) == {422, 429}
        assert counted[422] >= 45  # some of the minute's 60 were used by other tests
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert is_problem(refused, 429)
        assert int(refused.headers["retry-after"]) >= 1


class TestHeaders:
    def test_every_answer_is_guarded(self, http: httpx.Client) -> None:
        for path in ("/", "/docs", "/openapi.json", "/health", "/api/tasks", "/api/nowhere", "/nowhere"):
            headers = http.get(path).headers
            assert headers["x-content-type-options"] == "nosniff", path
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path
            assert "unsafe" not in headers["content-security-policy"], path
            assert headers.get("server") in (None, "nginx"), path
            assert len(headers.get_list("x-request-id")) == 1, path

    def test_the_request_id_is_the_clients_if_it_is_one(self, http: httpx.Client) -> None:
        assert http.get("/api/tasks", headers={"X-Request-ID": "abc-123"}).json()["request_id"] == "abc-123"
        for wrong in ("a b", '"', "x" * 200):
            answer = http.get("/api/tasks", headers={"X-Request-ID": wrong})
            assert answer.headers["x-request-id"] == answer.json()["request_id"] != wrong

    def test_private_answers_are_not_kept(self, http: httpx.Client) -> None:
        assert http.get("/api/tasks").headers["cache-control"] == "no-store"


class TestSockets:
    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
    async def test_a_foreign_page_is_refused(self, embedded: RunningSystem, origin: str) -> None:
        url = embedded.base.replace("http", "ws") + "/ws/tasks/"
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(url, origin=websockets.Origin(origin), proxy=None)
        assert refused.value.response.status_code == 403

    async def test_a_token_is_needed(self, embedded: RunningSystem) -> None:
        url = embedded.base.replace("http", "ws") + "/ws/tasks"
        async with websockets.connect(url, proxy=None) as socket_:
            await socket_.send('{"type":"auth","token":"nonsense"}')
            with pytest.raises(websockets.ConnectionClosed):
                await socket_.recv()
            assert socket_.close_code == 4401

    async def test_a_slash_more_or_less_is_the_same(self, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        assert (await person.get("/api/tasks")).json() == (await person.get("/api/tasks/")).json()
