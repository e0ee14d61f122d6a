"""Attachments."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tasks_service.attachments import names, receiving, service
from tasks_service.attachments.previews import shrink
from tasks_service.attachments.sniffing import PASSIVE, SAFE_IMAGES
from tasks_service.attachments.storage import Folder
from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Tasks, path_of, problem
from tests.tasks_service.comments import events_about
from tests.tasks_service.files import KINDS, MIB, PNG, at, attach, bomb, in_chunks, kept_in, picture, upload

MISSING = {"id": 987_654_321}
RAW = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "a b"


@pytest.fixture(scope="module")
async def tasks(service_app: StartApp, fake_users: FakeUsers, folder: Path) -> AsyncIterator[Tasks]:
    settings = {"attachments_url": folder.as_uri(), "max_attachment_mb": 2, "user_quota_mb": 4, "project_quota_mb": 5}
    async with service_app("tasks_service", users_url=fake_users.url, **settings) as running:
        yield Tasks(running)


def content_of(folder: Path, answer: Any) -> bytes:
    """What the gateway sends for this answer."""
    assert answer.status_code == 200, answer.text
    return (folder / answer.headers["x-accel-redirect"].removeprefix("/stored/")).read_bytes()


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


BOUNDARY = {"Content-Type": "multipart/form-data; boundary=b"}
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n'


class TestForms:
    @pytest.mark.parametrize(
        ("content", "headers"),
        [
            (b"", {}),
            (b"{}", {"Content-Type": "application/json"}),
            (b"x", {**RAW, "Content-Disposition": "attachment"}),
            (b"x", {"Content-Type": "multipart/form-data"}),
            (b"x", {"Content-Type": f"multipart/form-data; boundary={'b' * 71}"}),
            (b"", BOUNDARY),
            (b"nonsense", BOUNDARY),
            (b"--b--\r\n", BOUNDARY),
            (PART, BOUNDARY),
            (PART + PART + b"--b--\r\n", BOUNDARY),
            (PART.replace(b'"file"', b'"other"') + b"--b--\r\n", BOUNDARY),
            (PART.replace(b'; filename="a"', b"") + b"--b--\r\n", BOUNDARY),
            (PART + PART.replace(b'"file"', b'"other"') + b"--b--\r\n", BOUNDARY),
            ((b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n' * 1000) + b"--b--\r\n", BOUNDARY),
            (PART.replace(b"\r\n\r\n", b"\r\nX: " + b"y" * 10_000 + b"\r\n\r\n") + b"--b--\r\n", BOUNDARY),
            (PART.replace(b"\r\n\r\n", b"\r\nX: y" * 100 + b"\r\n\r\n") + b"--b--\r\n", BOUNDARY),
        ],
    )
    async def test_that_are_none_leave_nothing(
        self, tasks: Tasks, ann: Person, folder: Path, content: bytes, headers: dict[str, str]
    ) -> None:
        task, before = await tasks.create(ann), kept_in(folder)
        answer = await tasks.post(f"{path_of(task)}/attachments", ann, content=content, headers=headers)
        assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"]
        assert kept_in(folder) == before

    async def test_that_come_byte_by_byte(self, tasks: Tasks, ann: Person) -> None:
        task, body = await tasks.create(ann), PART + b"--b--\r\n"
        headers = BOUNDARY
        answer = await tasks.post(f"{path_of(task)}/attachments", ann, content=in_chunks(body, 1), headers=headers)
        assert (answer.json()["filename"], answer.json()["size"]) == ("a", 1)

    async def test_an_upload_that_is_cut_leaves_nothing(self, tasks: Tasks, ann: Person, folder: Path) -> None:
        task, before = await tasks.create(ann), kept_in(folder)

        async def cut() -> AsyncIterator[bytes]:
            yield PART + b"x" * MIB
            yield b"x" * (MIB // 2)

        answer = await tasks.post(f"{path_of(task)}/attachments", ann, content=cut(), headers=BOUNDARY)
        assert answer.status_code == 422
        assert kept_in(folder) == before
        assert await tasks.items(f"{path_of(task)}/attachments", ann) == []

    async def test_a_client_that_goes_away_leaves_nothing(self, tasks: Tasks, ann: Person, folder: Path) -> None:
        task, before = await tasks.create(ann), kept_in(folder)
        path = f"{path_of(task)}/attachments"
        chunks = iter([{"type": "http.request", "body": b"x" * MIB, "more_body": True}, {"type": "http.disconnect"}])
        sent: list[Any] = []

        async def receive() -> Any:
            return next(chunks)

        async def send(message: Any) -> None:
            sent.append(message)

        headers = {**ann.headers, **RAW, "Content-Disposition": "attachment; filename=a"}
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "http_version": "1.1",
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "server": ("x", 80),
        }
        await tasks.running.app(scope, receive, send)
        assert sent[0]["status"] == 408
        assert kept_in(folder) == before


HOSTILE_NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\cmd.exe": "cmd.exe",
    "/etc/shadow": "shadow",
    "C:\\dir\\file.txt": "file.txt",
    "..": "file",
    ".": "file",
    "": "file",
    "   ": "file",
    ".htaccess": ".htaccess",
    "a\r\nSet-Cookie: x=1": "aSet-Cookie: x=1",
    "a\x00.png": "a.png",
    "\u202egnp.exe": "gnp.exe",
    "a\u200b\u2028b": "ab",
    "CON": "_CON",
    "nul.txt": "_nul.txt",
    'a"; filename="b.html': 'a"; filename="b.html',
    "a;b=c%22.txt": "a;b=c%22.txt",
    "Gr\u00fc\u00dfe \U0001f389.txt": "Grüße 🎉.txt",
    "x" * 300 + ".pdf": "x" * 196 + ".pdf",
    "x" * 300: "x" * 200,
    "a." + "x" * 300: ("a." + "x" * 300)[:200],
    "trailing. . ": "trailing",
}


class TestNames:
    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_are_cleaned(self, name: str) -> None:
        assert names.clean(name) == HOSTILE_NAMES[name]
        assert names.clean(names.clean(name)) == names.clean(name)

    @pytest.mark.parametrize("name", HOSTILE_NAMES.values())
    def test_come_back_in_a_header_that_holds(self, name: str) -> None:
        header = names.disposition("attachment", name)
        assert re.fullmatch(r'attachment; filename="[ -~]*"; filename\*=UTF-8\'\'[A-Za-z0-9!#$&+\-.^_`|~%]*', header)
        assert header.count('"') == 2
        assert names.read_parameters(header)["filename"] == name

    @pytest.mark.parametrize("name", [name for name in HOSTILE_NAMES if name and not set("\x00\n") & set(name)])
    async def test_are_never_paths(self, tasks: Tasks, ann: Person, folder: Path, name: str) -> None:
        attachment = await attach(tasks, await tasks.create(ann), ann, b"content", name)
        assert attachment["filename"] == HOSTILE_NAMES[name] or "%22" in name or '"' in name
        assert all(re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", str(p.relative_to(folder))) for p in kept_in(folder))
        assert {path.name for path in folder.parent.iterdir()} == {folder.name}

    @pytest.mark.parametrize(
        ("header", "name"),
        [
            ('attachment; filename="a b.txt"', "a b.txt"),
            ("attachment; filename=a.txt", "a.txt"),
            ('attachment; filename="a\\"b.txt"', 'a"b.txt'),
            ('attachment; FILENAME="a;b.txt"; x=y', "a;b.txt"),
            ("attachment; filename=\"a\"; filename*=UTF-8'de'%e2%82%ac", "€"),
            ("attachment; filename*=iso-8859-1''%A3", "£"),
            ("attachment; filename=\"a\"; filename*=klingon''x", "a"),
            ("attachment; filename*=nonsense; filename=a", "a"),
            ('attachment; filename="\xc3\xbc"', "ü"),
            ('attachment; filename="\xfc"', "ü"),
            ('attachment; filename="a', '"a'),
        ],
    )
    def test_are_read_from_every_form_of_the_header(self, header: str, name: str) -> None:
        assert names.read_parameters(header)["filename"] == name


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


class TestQuota:
    async def test_of_a_person_holds_for_many_at_once(self, tasks: Tasks, ann: Person, folder: Path) -> None:
        task, before = await tasks.create(ann), len(kept_in(folder))
        contents = [bytes([i]) * (MIB // 2) for i in range(20)]
        answers = await asyncio.gather(*(upload(tasks, task, ann, content) for content in contents))
        assert Counter(answer.status_code for answer in answers) == {201: 8, 413: 12}
        assert {a.json()["code"] for a in answers if a.status_code == 413} == {"attachment_quota_exceeded"}
        assert len(kept_in(folder)) == before + 8
        first = (await tasks.items(f"{path_of(task)}/attachments", ann))[0]
        await tasks.call("DELETE", at(first), ann)
        assert (await upload(tasks, task, ann, b"x" * (MIB // 2))).status_code == 201

    async def test_of_a_project_holds_for_all_in_it(self, tasks: Tasks, ann: Person, fake_users: FakeUsers) -> None:
        project = (await tasks.post("/api/projects", ann, json={"key": "ROOM", "name": "Room"})).json()
        task = await tasks.create(ann, project_id=project["id"])
        people = [fake_users.register("admin") for _ in range(4)]
        answers = await asyncio.gather(
            *(upload(tasks, task, person, bytes([i]) * MIB) for i, person in enumerate(people * 2))
        )
        assert Counter(answer.status_code for answer in answers) == {201: 5, 413: 3}


class TestEqualContent:
    async def test_is_kept_once_and_as_long_as_somebody_has_it(
        self, tasks: Tasks, ann: Person, bob: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = set(kept_in(folder))
        tasks_of = [(person, await tasks.create(person)) for person in (ann, bob, ann, bob)]
        uploads = (attach(tasks, task, person, b"shared" * 999, f"{i}") for i, (person, task) in enumerate(tasks_of))
        attachments = await asyncio.gather(*uploads)
        (kept,) = set(kept_in(folder)) - before
        monkeypatch.setattr(service, "UNUSED_FOR", 0)
        storage = Folder(folder)
        for attachment, (person, _) in list(zip(attachments, tasks_of, strict=True))[:-1]:
            assert (await tasks.call("DELETE", at(attachment), person)).status_code == 204
        await service.drop_unused(tasks.session(), storage)
        assert content_of(folder, await tasks.get(at(attachments[-1], "/download"), bob)) == b"shared" * 999
        await tasks.delete(tasks_of[-1][1], bob)
        await tasks.session().execute("DELETE FROM tasks WHERE id = $1", tasks_of[-1][1]["id"])
        while await service.drop_unused(tasks.session(), storage):
            pass
        assert not kept.exists()

    async def test_may_come_again_while_it_is_dropped(
        self, tasks: Tasks, ann: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "UNUSED_FOR", 0)
        storage, task = Folder(folder), await tasks.create(ann)
        for _ in range(5):
            attachment = await attach(tasks, task, ann, b"again")
            await tasks.call("DELETE", at(attachment), ann)
            again: Any
            again, *_ = await asyncio.gather(
                attach(tasks, task, ann, b"again"), *(service.drop_unused(tasks.session(), storage) for _ in range(3))
            )
            assert content_of(folder, await tasks.get(at(again, "/download"), ann)) == b"again"
            await tasks.call("DELETE", at(again), ann)

    async def test_strays_are_collected(
        self, tasks: Tasks, ann: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        attachment = await attach(tasks, await tasks.create(ann), ann, PNG)
        assert (await tasks.get(at(attachment, "/preview?size=64"), ann)).status_code == 200
        stray, picture_of_it = folder / "ab" / ("ab" * 16), folder / "ab" / ("ab" * 16 + ".64.webp")
        half_written = folder / "ab" / ("cd" * 16 + "#1")
        stray.parent.mkdir(exist_ok=True)
        for path in (stray, picture_of_it, half_written):
            path.write_bytes(b"x")
        await service.collect_strays(tasks.session(), Folder(folder))
        assert stray.exists(), "an upload may be under way"
        monkeypatch.setattr(service, "STRAY_FOR", -1)
        await service.collect_strays(tasks.session(), Folder(folder))
        assert not any(path.exists() for path in (stray, picture_of_it, half_written))
        for what in ("/download", "/preview?size=64"):
            assert content_of(folder, await tasks.get(at(attachment, what), ann))


class TestPreview:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
    async def test_in_a_size_is_made_once(self, tasks: Tasks, ann: Person, folder: Path, kind: str) -> None:
        attachment = await attach(tasks, await tasks.create(ann), ann, picture(kind, 640, 320), f"a.{kind}")
        for _ in range(2):
            before = len(kept_in(folder))
            answer = await tasks.get(at(attachment, "/preview?size=128"), ann)
            assert answer.headers["content-type"] == "image/webp"
            assert answer.headers["content-disposition"].startswith("inline; ")
            with Image.open(io.BytesIO(content_of(folder, answer))) as small:
                assert small.size == (128, 64)
        assert len(kept_in(folder)) == before

    @pytest.mark.parametrize("size", ["0", "65", "99999", "abc", "-64", "1e2", "64 "])
    async def test_in_other_sizes_is_refused(self, tasks: Tasks, ann: Person, size: str) -> None:
        attachment = await attach(tasks, await tasks.create(ann), ann, PNG)
        problem(await tasks.get(at(attachment, f"/preview?size={size}"), ann), 422, "validation_failed")

    async def test_of_what_only_begins_like_an_image(self, tasks: Tasks, ann: Person) -> None:
        for content in (PNG[:60], bomb(), b"GIF89a" + b"\xff" * 500, picture("JPEG")[:100]):
            attachment = await attach(tasks, await tasks.create(ann), ann, content)
            problem(await tasks.get(at(attachment, "/preview?size=64"), ann), 404, "preview_not_available")

    def test_of_a_large_photograph_needs_little_memory(self) -> None:
        assert shrink(picture("JPEG", 6000, 4000), 64)
        assert shrink(picture("PNG", 6000, 4000), 64) is None
