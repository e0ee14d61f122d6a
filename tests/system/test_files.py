"""Files through the gateway: sent by NGINX after authorization, whole or in parts, to be saved and never run."""

import asyncio
import hashlib
import secrets
from pathlib import Path

import httpx
import pytest

from tests.system.people import Person, until
from tests.system.running import RunningSystem

pytestmark = pytest.mark.system

LIMIT = 25 << 20
ACTIVE = {
    "page.html": b"<!doctype html><script>alert(1)</script>",
    "image.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "image.gif": b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)//",
    "script.js": b"alert(1)",
}


async def task_of(person: Person) -> str:
    return f"/api/tasks/{(await person.post('/api/tasks', {'title': 'With files'})).json()['id']}/attachments"


async def upload(person: Person, path: str, content: bytes, name: str = "file") -> httpx.Response:
    headers = {"Authorization": f"Bearer {person.access}"}
    return await person.http.post(path, files={"file": (name, content)}, headers=headers)


def kept(system: RunningSystem) -> set[Path]:
    return {path for path in (system.data / "attachments").rglob("*") if path.is_file()}


class TestFiles:
    async def test_come_back_byte_for_byte(self, system: RunningSystem) -> None:
        ann, bob = await Person.registered(system.base), await Person.registered(system.base)
        content = secrets.token_bytes(LIMIT)
        answer = await upload(ann, await task_of(ann), content, "../Grüße.bin")
        assert answer.status_code == 201, answer.text
        assert answer.json()["sha256"] == hashlib.sha256(content).hexdigest()
        path = f"/api/attachments/{answer.json()['id']}/download"
        whole = await ann.get(path)
        assert whole.content == content
        assert whole.headers["content-disposition"].endswith("filename*=UTF-8''Gr%C3%BC%C3%9Fe.bin")
        part = await ann.get(path, Range="bytes=1000000-1000009")
        assert (part.status_code, part.content) == (206, content[1_000_000:1_000_010])
        assert (await bob.get(path)).status_code == 404

    async def test_over_the_limit_are_refused(self, system: RunningSystem) -> None:
        ann = await Person.registered(system.base)
        path = await task_of(ann)
        for content in (b"x" * (LIMIT + 1), b"x" * (2 * LIMIT)):
            answer = await upload(ann, path, content)
            assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
        assert (await ann.get(path)).json()["items"] == []

    async def test_are_never_run(self, system: RunningSystem) -> None:
        ann = await Person.registered(system.base)
        path = await task_of(ann)
        for name, content in ACTIVE.items():
            attachment = (await upload(ann, path, content, name)).json()
            answer = await ann.get(f"/api/attachments/{attachment['id']}/download")
            assert answer.content == content
            assert answer.headers["content-type"] in ("application/octet-stream", "image/gif")
            assert answer.headers["content-disposition"].startswith("attachment; ")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert "sandbox" in answer.headers["content-security-policy"]
            if name != "image.gif":
                assert (await ann.get(f"/api/attachments/{attachment['id']}/preview")).status_code == 404

    async def test_of_the_storage_are_not_at_any_address(self, system: RunningSystem) -> None:
        ann = await Person.registered(system.base)
        for file in sorted(kept(system))[:3]:
            key = file.relative_to(system.data / "attachments")
            for path in (f"/stored/{key}", f"//stored/{key}", f"/api/../stored/{key}", f"/attachments/{key}"):
                assert (await ann.get(path)).status_code == 404

    async def test_a_client_that_goes_away_leaves_nothing(self, system: RunningSystem) -> None:
        ann = await Person.registered(system.base)
        path = await task_of(ann)
        before = kept(system)
        _, writer = await asyncio.open_connection("127.0.0.1", system.port)
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ann.access}\r\nContent-Length: 9000000\r\n"
        writer.write(f"{head}Content-Disposition: attachment; filename=a\r\n\r\n".encode() + b"x" * 3_000_000)
        await writer.drain()
        writer.close()
        await until(lambda: kept(system) == before)
        assert (await ann.get(path)).json()["items"] == []

    async def test_many_ranges_are_no_burden(self, system: RunningSystem) -> None:
        ann = await Person.registered(system.base)
        attachment = (await upload(ann, await task_of(ann), b"x" * 100_000)).json()
        ranges = "bytes=" + ",".join("0-" for _ in range(4000))
        answer = await ann.get(f"/api/attachments/{attachment['id']}/download", Range=ranges)
        assert answer.status_code in (200, 416, 431)
        assert len(answer.content) <= 200_000
