"""Receiving the file of an import: kept in parts as it comes, never wholly in memory."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import PurePath

from starlette.requests import ClientDisconnect, Request

from shared.errors import FieldError, Unprocessable, UnsupportedMediaType
from tasks_service.attachments import names
from tasks_service.attachments.receiving import FORM, MAX_SECONDS, open_form
from tasks_service.errors import UploadCut
from tasks_service.imports.errors import ImportTooLarge
from tasks_service.imports.schemas import ENDINGS, MEDIA_TYPES, Format

PART = 1 << 20  # bytes


async def opened(request: Request, wanted: Format | None) -> tuple[Format, str, AsyncIterator[bytes]]:
    """The format, the name and the content. Refuses what is no file of tasks by its type and name."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    filename = ""
    content: AsyncIterator[bytes] = request.stream()
    if media_type == FORM:
        filename, content = await open_form(request)
    found = wanted or MEDIA_TYPES.get(media_type) or ENDINGS.get(PurePath(filename).suffix.lower())
    if found is None and media_type == FORM:
        raise Unprocessable(errors=[FieldError("/format", "say csv, json or ics: the name does not tell")])
    if found is None:
        raise UnsupportedMediaType("Send text/csv, application/json, text/calendar or a form with a field `file`.")
    return found, names.clean(filename) if filename else "", content


async def parts(content: AsyncIterator[bytes], limit: int, digest: "hashlib._Hash") -> AsyncIterator[bytes]:
    """The content in parts of a megabyte. Raises ImportTooLarge, and UploadCut when the client leaves."""
    size, held = 0, bytearray()
    try:
        async with asyncio.timeout(MAX_SECONDS):
            async for chunk in content:
                size += len(chunk)
                if size > limit:
                    raise ImportTooLarge
                digest.update(chunk)
                held += chunk
                while len(held) >= PART:
                    yield bytes(held[:PART])
                    del held[:PART]
    except (ClientDisconnect, TimeoutError):
        raise UploadCut from None
    if held:
        yield bytes(held)
