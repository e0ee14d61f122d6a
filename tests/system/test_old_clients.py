"""A client of an older system at the gateway: its addresses, with a slash at the end, and its bodies."""

import secrets
from collections.abc import Iterator

import httpx
import pytest

from tests.system.running import RunningSystem

pytestmark = pytest.mark.system


@pytest.fixture
def http(stack: RunningSystem) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.base, trust_env=False, timeout=20) as client:
        yield client


class TestOldClient:
    def test_lives_as_before(self, http: httpx.Client) -> None:
        name, password = f"old{secrets.token_hex(4)}", secrets.token_urlsafe(12)
        account = {"username": name, "email": f"{name}@example.com", "password": password, "first_name": "Old"}
        registered = http.post("/api/register/", json=account)
        assert (registered.status_code, registered.json()["first_name"]) == (201, "Old")
        tokens = http.post("/api/token/", json={"username": name, "password": password}).json()
        http.headers["Authorization"] = f"Token {tokens['access']}"

        body = {"title": "Old", "status": "PENDING", "priority": "HIGH", "assigned_to": registered.json()["id"]}
        task = http.post("/api/task/", json=body)
        assert task.status_code == 201, task.text
        made = task.json()
        assert (made["status"], made["priority"], made["assigned_user"]) == ("todo", "high", body["assigned_to"])
        changed = http.put(f"/api/task/{made['id']}/", json={**body, "status": "IN_PROGRESS"})
        assert changed.json()["status"] == "in_progress"
        assert http.get(f"/api/task/{made['id']}").json() == changed.json()
        assert [one["id"] for one in http.get("/api/task/?status=IN_PROGRESS&limit=1").json()["items"]] == [made["id"]]
        assert http.delete(f"/api/task/{made['id']}/").status_code == 204

        assert http.get("/api/admin/users/").status_code == 403
        for part in ("user", "projects", "comments", "attachments", "notifications", "activity", "reports"):
            for slash in ("", "/"):
                assert http.get(f"/health/{part}{slash}").json()["status"] == "ok"
        assert http.post("/api/logout/", json={"refresh": tokens["refresh"]}).status_code == 204
        assert http.get("/api/users/me/").status_code == 401

    def test_of_an_administrator(self, stack: RunningSystem, http: httpx.Client) -> None:
        name, password = stack.admin()
        signed_in = http.post("/api/users/login/", json={"email": name, "password": password}).json()
        answer = http.get("/api/admin/users/", headers={"Authorization": f"Bearer {signed_in['token']}"})
        assert (answer.status_code, "items" in answer.json()) == (200, True)
