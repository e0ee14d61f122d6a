"""Attachments in an S3-compatible bucket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tasks_service.attachments import service
from tasks_service.attachments.storage import open_storage
from tasks_service.settings import Settings
from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.tasks_service.bucket import Bucket, running_bucket
from tests.tasks_service.client import Tasks, path_of, problem
from tests.tasks_service.files import MIB, PNG, at, attach, upload


@pytest.fixture(scope="module")
async def bucket() -> AsyncIterator[Bucket]:
    async with running_bucket() as running:
        yield running


@pytest.fixture(scope="module")
async def tasks(service_app: StartApp, fake_users: FakeUsers, bucket: Bucket) -> AsyncIterator[Tasks]:
    settings = {
        "attachments_url": "s3://bucket/files",
        "aws_access_key_id": "somebody",
        "aws_secret_access_key": "a secret of theirs",
        "aws_region": "eu-central-1",
        "aws_endpoint_url": bucket.url,
        "max_attachment_mb": 12,
    }
    async with service_app("tasks_service", users_url=fake_users.url, **settings) as running:
        yield Tasks(running)


class TestBucket:
    @pytest.mark.parametrize("size", [0, 10, 12 * MIB])
    async def test_keeps_files_and_gives_them_by_a_signed_address(
        self, tasks: Tasks, ann: Person, bucket: Bucket, size: int
    ) -> None:
        content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        attachment = await attach(tasks, await tasks.create(ann), ann, content, "../evil.html")
        answer = await tasks.get(at(attachment, "/download"), ann)
        assert answer.status_code == 302
        assert "secret" not in answer.headers["location"]
        async with httpx.AsyncClient(trust_env=False) as http:
            fetched = await http.get(answer.headers["location"])
            unsigned = await http.get(answer.headers["location"].partition("?")[0])
        assert fetched.content == content
        assert fetched.headers["content-disposition"] == "attachment"
        assert fetched.headers["content-type"] == "application/octet-stream"
        assert unsigned.status_code == 403
        assert all(key.startswith("files/") and "evil" not in key for key in bucket.objects)

    async def test_keeps_nothing_of_what_is_too_large(self, tasks: Tasks, ann: Person, bucket: Bucket) -> None:
        before = set(bucket.objects)
        problem(await upload(tasks, await tasks.create(ann), ann, b"x" * (12 * MIB + 1)), 413, "payload_too_large")
        assert (set(bucket.objects), bucket.uploads) == (before, {})

    async def test_keeps_previews(self, tasks: Tasks, ann: Person, bucket: Bucket) -> None:
        attachment = await attach(tasks, await tasks.create(ann), ann, PNG)
        answer = await tasks.get(at(attachment, "/preview?size=64"), ann)
        assert answer.status_code == 302
        assert [key for key in bucket.objects if key.endswith(".64.webp")]

    async def test_that_is_away_is_said_so(self, tasks: Tasks, ann: Person, bucket: Bucket) -> None:
        task = await tasks.create(ann)
        bucket.away = True
        try:
            refused = await upload(tasks, task, ann, b"x")
        finally:
            bucket.away = False
        problem(refused, 503, "unavailable")
        assert await tasks.items(f"{path_of(task)}/attachments", ann) == []

    async def test_is_tidied(self, tasks: Tasks, ann: Person, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "UNUSED_FOR", 0)
        assert isinstance(tasks.running.settings, Settings)
        storage = open_storage(tasks.running.settings)
        before, task = set(bucket.objects), await tasks.create(ann)
        kept, dropped = await attach(tasks, task, ann, b"kept"), await attach(tasks, task, ann, b"dropped")
        await tasks.call("DELETE", at(dropped), ann)
        bucket.objects["files/ab/stray"] = b"x"
        while await service.drop_unused(tasks.session(), storage):
            pass
        await service.collect_strays(tasks.session(), storage)
        (left,) = set(bucket.objects) - before
        assert bucket.objects[left] == b"kept"
        assert (await tasks.get(at(kept, "/download"), ann)).status_code == 302
