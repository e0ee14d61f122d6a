"""What is kept of files: equal content once, quotas, previews."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tasks_service.attachments import service
from tasks_service.attachments.previews import shrink
from tasks_service.attachments.storage import Folder
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Tasks, path_of, problem
from tests.tasks_service.files import MIB, PNG, at, attach, bomb, content_of, kept_in, picture, upload


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
