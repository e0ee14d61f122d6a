"""Where files are kept: one interface, a folder or an S3-compatible bucket behind it.

A key is made by us (`5f/5f0c...`), never of anything that a client said. A put is whole or nothing: what was cut is not
there. The gateway sends a folder's files itself; a bucket's are fetched by a signed address.
"""

import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from shared.context import uuid7
from shared.errors import Unavailable
from shared.logging import get_logger
from tasks_service.settings import Settings

log = get_logger(__name__)

GATEWAY_PATH = "/stored/"  # the gateway's internal location
PART = 1 << 20  # bytes held of one upload; S3 takes no parts below 5 MiB
S3_PART = 5 << 20
SIGNED_FOR = timedelta(seconds=60)
LISTED = 500  # keys at a time


class Storage(Protocol):
    async def put(self, key: str, content: AsyncIterator[bytes]) -> None:
        """Keeps the content; what `content` raises comes through, and nothing is kept. Raises Unavailable."""
        ...

    async def read(self, key: str) -> bytes | None:
        """The whole content, None when there is none of this key."""
        ...

    async def has(self, key: str) -> bool: ...

    async def delete(self, keys: Iterable[str]) -> None:
        """Those that are not there need no deleting."""
        ...

    def older_than(self, seconds: float) -> AsyncIterator[list[str]]:
        """All keys that were written so long ago, some at a time; what an upload that died left half written is
        deleted on the way."""
        ...

    async def offer(self, key: str) -> tuple[int, dict[str, str]]:
        """The status and the headers that give a client the file."""
        ...


def new_key() -> str:
    name = uuid7().hex
    return f"{name[-2:]}/{name}"


def open_storage(settings: Settings) -> Storage:
    if settings.attachments_url.startswith("s3://"):
        return Bucket(settings)
    return Folder(Path(unquote(urlsplit(settings.attachments_url).path)))


class _Objects:
    """What obstore does alike for both."""

    part = PART
    attributes: Mapping[str, str] = {}

    @cached_property
    def _store(self) -> Any:
        """Opened at first use: where nobody adds files no folder is made."""
        raise NotImplementedError

    async def put(self, key: str, content: AsyncIterator[bytes]) -> None:
        import obstore

        options: dict[str, Any] = {"chunk_size": self.part, "max_concurrency": 1, "attributes": self.attributes or None}
        with _reachable():
            await obstore.put_async(self._store, key, content, **options)

    async def read(self, key: str) -> bytes | None:
        import obstore

        with _reachable(), contextlib.suppress(FileNotFoundError):
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        return None

    async def has(self, key: str) -> bool:
        import obstore

        with _reachable(), contextlib.suppress(FileNotFoundError):
            await obstore.head_async(self._store, key)
            return True
        return False

    async def delete(self, keys: Iterable[str]) -> None:
        import obstore

        for key in keys:
            with _reachable(), contextlib.suppress(FileNotFoundError):
                await obstore.delete_async(self._store, key)

    async def older_than(self, seconds: float) -> AsyncIterator[list[str]]:
        import obstore

        horizon = datetime.now(UTC) - timedelta(seconds=seconds)
        async for batch in obstore.list(self._store, chunk_size=LISTED):
            yield [entry["path"] for entry in batch if entry["last_modified"] < horizon]


class Folder(_Objects):
    """A folder of this machine, or a volume that the gateway has as well."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def _store(self) -> Any:
        from obstore.store import LocalStore

        return LocalStore(prefix=self._root, mkdir=True)

    async def older_than(self, seconds: float) -> AsyncIterator[list[str]]:
        for half_written in self._root.glob("??/*#*"):
            with contextlib.suppress(FileNotFoundError):
                if half_written.stat().st_mtime < time.time() - seconds:
                    half_written.unlink()
        async for keys in super().older_than(seconds):
            yield keys

    async def offer(self, key: str) -> tuple[int, dict[str, str]]:
        return 200, {"X-Accel-Redirect": GATEWAY_PATH + key}


class Bucket(_Objects):
    """A bucket, or a part of one. Whoever opens its address gets a file to save, nothing to look at."""

    part = S3_PART
    attributes = {"Content-Disposition": "attachment", "Content-Type": "application/octet-stream"}

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _store(self) -> Any:
        from obstore.store import S3Store

        settings, secret = self._settings, self._settings.aws_secret_access_key
        options: dict[str, Any] = {
            "region": settings.aws_region,
            "endpoint": settings.aws_endpoint_url,
            "access_key_id": settings.aws_access_key_id,
            "secret_access_key": secret and secret.get_secret_value(),
        }
        given = {name: value for name, value in options.items() if value}
        plain = (settings.aws_endpoint_url or "").startswith("http://")
        client: Any = {"allow_http": plain, "timeout": "30s"}
        return S3Store.from_url(settings.attachments_url, **given, client_options=client)

    async def offer(self, key: str) -> tuple[int, dict[str, str]]:
        import obstore

        with _reachable():
            return 302, {"Location": await obstore.sign_async(self._store, "GET", key, SIGNED_FOR)}


@contextlib.contextmanager
def _reachable() -> Any:
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as error:
        log.warning("storage failed", error=str(error)[:300])
        raise Unavailable("Files cannot be kept or read at the moment. Please try again.", retry_after=5) from error
