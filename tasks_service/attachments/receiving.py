"""Receiving a file: multipart or as it is, never wholly in memory, counted and hashed as it passes.

A form holds the one field `file`; a raw body says its name in Content-Disposition. What a client says of length and
type decides nothing.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser
from starlette.requests import ClientDisconnect, Request

from shared.errors import Unprocessable
from tasks_service.attachments import names, sniffing
from tasks_service.attachments.errors import AttachmentTooLarge
from tasks_service.attachments.storage import Storage, new_key
from tasks_service.errors import UploadCut

MAX_SECONDS = 3600.0  # for one upload
FORM = "multipart/form-data"


@dataclass(slots=True, frozen=True)
class Received:
    """A file that is kept under `key` and does not belong to anything yet."""

    key: str
    filename: str
    content_type: str
    size: int
    sha256: str


@dataclass(slots=True)
class Meter:
    """Passes chunks on; knows their length, their digest and how they began. Raises AttachmentTooLarge."""

    limit: int
    size: int = 0
    head: bytes = b""
    digest: Any = field(default_factory=hashlib.sha256)

    async def through(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self.size += len(chunk)
            if self.size > self.limit:
                raise AttachmentTooLarge
            if len(self.head) < sniffing.HEAD:
                self.head += chunk[: sniffing.HEAD - len(self.head)]
            self.digest.update(chunk)
            yield chunk


async def receive(request: Request, storage: Storage, limit: int) -> Received:
    """Keeps the file of the request, of up to `limit` bytes, or nothing at all."""
    meter, key = Meter(limit), new_key()
    try:
        async with asyncio.timeout(MAX_SECONDS):
            name, content = await _open(request)
            await storage.put(key, meter.through(content))
    except (ClientDisconnect, TimeoutError):
        raise UploadCut from None
    filename = names.clean(name)
    content_type = sniffing.content_type_of(meter.head, filename)
    return Received(key, filename, content_type, meter.size, meter.digest.hexdigest())


async def _open(request: Request) -> tuple[str, AsyncIterator[bytes]]:
    """The name that was given, and the content as it comes."""
    header = request.headers.get("content-type", "")
    if header.partition(";")[0].strip().lower() == FORM:
        return await open_form(request)
    given = names.read_parameters(request.headers.get("content-disposition", ""))
    if "filename" not in given:
        raise Unprocessable.at(
            "/file", 'send a form with a field `file`, or a Content-Disposition with `filename="..."`'
        )
    return given["filename"], request.stream()


async def open_form(request: Request) -> tuple[str, AsyncIterator[bytes]]:
    """The name and the content of the one file of a form."""
    boundary = names.read_parameters(request.headers["content-type"]).get("boundary", "")
    if not 0 < len(boundary) <= 70 or not boundary.isascii():
        raise Unprocessable.at("/file", "the form has no boundary")
    form = Form(request.stream(), boundary.encode())
    return await form.open(), form.content()


class Form:
    """A multipart form with one file in it, parsed as it comes. What the parser finds waits in a queue."""

    def __init__(self, stream: AsyncIterator[bytes], boundary: bytes) -> None:
        self._stream = stream
        self._header = self._value = self._disposition = b""
        self._found: deque[tuple[str, bytes]] = deque()
        callbacks: dict[str, Any] = {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": lambda: self._found.append(("part", self._disposition)),
            "on_part_data": lambda data, start, end: self._found.append(("data", data[start:end])),
            "on_end": lambda: self._found.append(("end", b"")),
        }
        self._parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]

    async def open(self) -> str:
        """Reads up to the content of the field `file`; its name."""
        step = await self._step()
        if step is None or step[0] != "part":
            raise Unprocessable.at("/file", "is missing")
        return _filename(step[1])

    async def content(self) -> AsyncIterator[bytes]:
        """The rest of the form: the content of the file, and nothing else may come."""
        while step := await self._step():
            kind, data = step
            if kind == "end":
                return
            if kind == "part":
                _filename(data)
                raise Unprocessable.at("/file", "only one file at a time")
            yield data
        raise Unprocessable.at("/file", "the form is not complete")

    async def _step(self) -> tuple[str, bytes] | None:
        """What the parser found next; None at the end of the body."""
        while not self._found:
            chunk = await anext(self._stream, None)
            if chunk is None:
                return None
            try:
                self._parser.write(chunk)
            except MultipartParseError:
                raise Unprocessable.at("/file", "the form cannot be read") from None
        return self._found.popleft()

    def _on_part_begin(self) -> None:
        self._header = self._value = self._disposition = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""


def _filename(disposition: bytes) -> str:
    """Of the field `file`: no other belongs to the form."""
    given = names.read_parameters(disposition.decode("latin-1"))
    if given.get("name") != "file":
        raise Unprocessable.at("/" + given.get("name", "")[:50], "is not a field of this form")
    if "filename" not in given:
        raise Unprocessable.at("/file", "has no filename")
    return given["filename"]
