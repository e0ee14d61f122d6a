"""Files of every kind, and how tests speak of attachments."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from PIL import Image

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, path_of

MIB = 1 << 20
RAW = {"Content-Type": "application/octet-stream"}


def picture(kind: str, width: int = 300, height: int = 200) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 60)).save(written, kind)
    return written.getvalue()


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("../../evil.txt", "x")
    return written.getvalue()


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it has 30,000 x 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    side = (30_000).to_bytes(4, "big")
    rows = zlib.compress(b"\x00" * 1_000_000)
    head = chunk(b"IHDR", side + side + b"\x08\x02\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HTML = b"<!DOCTYPE html><html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GIF_JS = b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)//<script>alert(1)</script>"
PNG = picture("PNG")

# content -> the type that it has, whatever it is called
KINDS: dict[str, tuple[bytes, str, str]] = {
    "png": (PNG, "notes.txt", "image/png"),
    "jpeg": (picture("JPEG"), "a.html", "image/jpeg"),
    "gif": (picture("GIF"), "a.gif", "image/gif"),
    "webp": (picture("WEBP"), "a", "image/webp"),
    "html": (HTML, "picture.png", "text/html"),
    "html in spaces": (b"\n\n   <HTML>x", "a.txt", "text/html"),
    "script alone": (b"hello <script>alert(1)</script>", "a.txt", "text/html"),
    "svg": (SVG, "a.jpg", "image/svg+xml"),
    "svg in xml": (b'<?xml version="1.0"?>' + SVG, "a.svg", "image/svg+xml"),
    "xml": (b'<?xml version="1.0"?><a/>', "a.txt", "text/xml"),
    "javascript": (b"alert(1)", "a.js", "text/javascript"),
    "polyglot": (GIF_JS, "a.js", "image/gif"),
    "pdf": (b"%PDF-1.7\n<script>", "a.html", "application/pdf"),
    "zip": (zipped(), "a.zip", "application/zip"),
    "docx": (zipped(), "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "text": ("Grüße\n".encode(), "a.bin", "text/plain"),
    "csv": (b"a,b\n1,2\n", "a.csv", "text/csv"),
    "utf-16 page": (HTML.decode().encode("utf-16"), "a.html", "application/octet-stream"),
    "bytes": (bytes(range(256)), "a.png", "application/octet-stream"),
    "empty": (b"", "a.html", "application/octet-stream"),
    "shell": (b"#!/bin/sh\nrm", "a.txt", "text/x-script"),
    "program": (b"\x7fELF\x02\x01", "a.txt", "application/x-executable"),
}


async def upload(
    tasks: Tasks, task: Json, person: Person | None, content: bytes, name: str = "a.txt", **headers: str
) -> httpx.Response:
    path = f"{path_of(task)}/attachments"
    return await tasks.post(path, person, files={"file": (name, content)}, headers=headers)


async def attach(tasks: Tasks, task: Json, person: Person, content: bytes, name: str = "a.txt") -> Json:
    answer = await upload(tasks, task, person, content, name)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def at(attachment: Json, more: str = "") -> str:
    return f"/api/attachments/{attachment['id']}{more}"


def kept_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def in_chunks(content: bytes, size: int = 64 * 1024) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def content_of(folder: Path, answer: httpx.Response) -> bytes:
    """What the gateway sends for this answer."""
    assert answer.status_code == 200, answer.text
    return (folder / answer.headers["x-accel-redirect"].removeprefix("/stored/")).read_bytes()
