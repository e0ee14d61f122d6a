"""Attachments."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tasks_service.attachments import receiving
from tasks_service.attachments.sniffing import PASSIVE, SAFE_IMAGES
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Tasks, path_of, problem
from tests.tasks_service.comments import events_about
from tests.tasks_service.files import KINDS, MIB, PNG, RAW, at, attach, content_of, in_chunks, kept_in, upload

MISSING = {"id": 987_654_321}


class TestAddAttachment:
    @pytest.mark.parametrize("kind", KINDS)
    async def test_is_what_its_content_says(self, tasks: Tasks, ann: Person, folder: Path, kind: str) -> None:
        content, name, content_type = KINDS[kind]
        task = await tasks.create(ann)
        attachment = await attach(tasks, task, ann, content, name)
        assert set(attachment) == {
            *("id", "task_id", "filename", "content_type", "size", "sha256", "created_by", "created_at"),
        }
        assert (attachment["filename"], attachment["content_type"]) == (name, content_type)
        assert (attachment["size"], attachment["created_by"]) == (len(content), ann.id)
        assert attachment["sha256"] == hashlib.sha256(content).hexdigest()
        download = await tasks.get(at(attachment, "/download"), ann)
        assert content_of(folder, download) == content
        assert download.headers["content-disposition"].startswith("attachment; ")
        assert download.headers["content-type"].partition(";")[0] in {*PASSIVE, "application/octet-stream"}
        preview = await tasks.get(at(attachment, "/preview"), ann)
        if content_type in SAFE_IMAGES:
            assert content_of(folder, preview) == content
            assert preview.headers["content-type"] == content_type
        else:
            problem(preview, 404, "preview_not_available")

    async def test_as_it_is_with_its_name_in_a_header(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        headers = {**RAW, "Content-Disposition": "attachment; filename=plain.txt; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt"}
        answer = await tasks.post(f"{path_of(task)}/attachments", ann, content=b"hello", headers=headers)
        assert answer.json()["filename"] == "Grüße.txt"
        assert answer.headers["location"] == at(answer.json())
        read = await tasks.get(at(answer.json()), ann)
        assert (read.json(), read.headers["etag"]) == (answer.json(), '"1"')
        assert (await tasks.get(at(answer.json()), ann, headers={"If-None-Match": '"1"'})).status_code == 304

    async def test_chunked_without_a_length(self, tasks: Tasks, ann: Person, folder: Path) -> None:
        content = bytes(range(256)) * 3000
        task = await tasks.create(ann)
        headers = {**RAW, "Content-Disposition": 'attachment; filename="a"'}
        answer = await tasks.post(f"{path_of(task)}/attachments", ann, content=in_chunks(content, 999), headers=headers)
        assert answer.json()["size"] == len(content)
        assert content_of(folder, await tasks.get(at(answer.json(), "/download"), ann)) == content

    @pytest.mark.parametrize("more", [0, 1])
    @pytest.mark.parametrize("way", ["form", "raw", "chunked"])
    async def test_up_to_the_limit_to_the_byte(
        self, tasks: Tasks, ann: Person, folder: Path, more: int, way: str
    ) -> None:
        content, task = b"x" * (2 * MIB + more), await tasks.create(ann)
        before = len(kept_in(folder))
        if way == "form":
            answer = await upload(tasks, task, ann, content)
        else:
            body = content if way == "raw" else in_chunks(content)
            headers = {**RAW, "Content-Disposition": "attachment; filename=a"}
            answer = await tasks.post(f"{path_of(task)}/attachments", ann, content=body, headers=headers)
        if more:
            problem(answer, 413, "payload_too_large")
            assert len(kept_in(folder)) == before
        else:
            assert (answer.status_code, answer.json()["size"]) == (201, 2 * MIB)

    async def test_event_is_recorded(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        attachment = await attach(tasks, task, bob, b"x")
        await tasks.call("DELETE", at(attachment), ann)
        added, deleted = await events_about(tasks, "attachment", attachment)
        assert (added.type, added.actor, added.version) == ("attachment.added", bob.id, 1)
        assert (deleted.type, deleted.actor, deleted.version) == ("attachment.deleted", ann.id, 2)
        assert added.data.attachment.model_dump(mode="json") == attachment
        assert sorted(deleted.audience) == sorted([ann.id, bob.id])
        assert (await tasks.read(task, ann))["version"] == task["version"]

    async def test_a_retry_adds_no_second(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        first, again = [await upload(tasks, task, ann, b"same", **{"Idempotency-Key": "k"}) for _ in range(2)]
        assert (first.status_code, again.json()) == (201, first.json())
        other = await upload(tasks, task, ann, b"other", **{"Idempotency-Key": "k"})
        problem(other, 422, "idempotency_key_reused")
        assert len(await tasks.items(f"{path_of(task)}/attachments", ann)) == 1


class TestWho:
    @pytest.mark.parametrize(
        ("role", "statuses"),
        [
            ("creator", {"list": 200, "add": 201, "get": 200, "download": 200, "preview": 200, "delete": 204}),
            ("uploader", {"list": 200, "add": 201, "get": 200, "download": 200, "preview": 200, "delete": 204}),
            ("assignee", {"list": 200, "add": 201, "get": 200, "download": 200, "preview": 200, "delete": 403}),
            ("admin", {"list": 200, "add": 201, "get": 200, "download": 200, "preview": 200, "delete": 204}),
            ("stranger", dict.fromkeys(("list", "add", "get", "download", "preview", "delete"), 404)),
            ("anonymous", dict.fromkeys(("list", "add", "get", "download", "preview", "delete"), 401)),
        ],
    )
    async def test_may_do_what(self, tasks: Tasks, fake_users: FakeUsers, role: str, statuses: dict[str, int]) -> None:
        named = {name: fake_users.register() for name in ("creator", "uploader", "assignee", "stranger")}
        people: dict[str, Person | None] = {**named, "admin": fake_users.register("admin"), "anonymous": None}
        task = await tasks.create(named["creator"], assignee_ids=[named["uploader"].id, named["assignee"].id])
        attachment = await attach(tasks, task, named["uploader"], PNG)
        person, answers = people[role], {}
        answers["list"] = await tasks.get(f"{path_of(task)}/attachments", person)
        answers["add"] = await upload(tasks, task, person, b"x")
        for what in ("", "/download", "/preview"):
            answers[what[1:] or "get"] = await tasks.get(at(attachment, what), person)
        answers["delete"] = await tasks.call("DELETE", at(attachment), person)
        assert {name: answer.status_code for name, answer in answers.items()} == statuses

    async def test_what_hangs_on_anothers_task_looks_like_what_is_not_there(
        self, tasks: Tasks, ann: Person, bob: Person
    ) -> None:
        attachment, trashed = await attach(tasks, await tasks.create(ann), ann, PNG), await tasks.create(bob)
        in_trash = await attach(tasks, trashed, bob, PNG)
        await tasks.delete(trashed, bob)
        for method, more in (("GET", ""), ("GET", "/download"), ("GET", "/preview?size=64"), ("DELETE", "")):
            seen = []
            for one in (attachment, in_trash, MISSING):
                headers = {"If-Match": '"9"', "X-Request-ID": "same"}
                answer = await tasks.call(method, at(one, more), bob, headers=headers)
                problem(answer, 404, "attachment_not_found")
                seen.append(answer.content.replace(at(one).encode(), b"PATH"))
            assert seen[0] == seen[1] == seen[2]

    async def test_nothing_is_received_from_who_may_not_add(
        self, tasks: Tasks, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        task = await tasks.create(ann)
        monkeypatch.setattr(receiving, "new_key", lambda: pytest.fail("received"))
        problem(await upload(tasks, task, bob, b"x"), 404, "task_not_found")


class TestListAttachments:
    async def test_page_by_page(self, tasks: Tasks, ann: Person, admin: Person) -> None:
        task = await tasks.create(ann)
        added = [(await attach(tasks, task, ann, b"%d" % i))["id"] for i in range(5)]
        by_admin = (await attach(tasks, task, admin, b"admin"))["id"]
        path = f"{path_of(task)}/attachments"
        assert [a["id"] for a in await tasks.items(path, ann, limit=2)] == [*added, by_admin]
        assert [a["id"] for a in await tasks.items(path, ann, limit=2, sort="-created_at")] == [by_admin, *added[::-1]]
        assert [a["id"] for a in await tasks.items(path, ann, created_by=admin.id)] == [by_admin]
        assert (await tasks.get(f"{path}?count=true&limit=1", ann)).json()["total"] == 6
        problem(await tasks.get(f"{path}?sort=size", ann), 422, "validation_failed")
        (listed,) = await tasks.items("/api/tasks", ann, include=["attachments_count", "comments_count"])
        assert (listed["attachments_count"], listed["comments_count"]) == (6, 0)
