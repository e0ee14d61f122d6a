"""The rules of imports, and the only code that writes them beside the jobs: a file is taken in, looked at, given up."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from shared import people
from shared.auth import Principal
from shared.database import Record, Session
from shared.http import PeerClient
from shared.pagination import Listed, PageQuery, cut, start_id
from shared.text import ID_MAX
from tasks_service import policies
from tasks_service.imports import queries
from tasks_service.imports.errors import ImportEnded, ImportNotFound
from tasks_service.imports.receiving import parts
from tasks_service.imports.schemas import Format, ImportQuery
from tasks_service.projects import rules
from tasks_service.settings import Settings

SHOWN_ERRORS = 10_000
KEPT_DAYS = 30


async def receive(
    session: Session,
    principal: Principal,
    settings: Settings,
    users: PeerClient,
    query: ImportQuery,
    opened: tuple[Format, str, AsyncIterator[bytes]],
) -> tuple[int, bytes]:
    """Keeps the file; the import's id and the digest of what came. Nothing is kept of a file that is refused."""
    policies.require_creation(principal, settings)
    await people.find(session, users, [principal.id])  # the worker asks only those who are known here
    if query.project_id is not None:
        await rules.load(session, principal, [query.project_id])
    file_format, filename, content = opened
    given = (file_format, query.source, filename, query.atomic, query.project_id)
    import_id: int = await session.fetchval(queries.OPEN, principal.id, *given)
    digest = hashlib.sha256()
    try:
        number = 0
        async for part in parts(content, settings.max_import_mb << 20, digest):
            await session.execute(queries.KEEP, import_id, number, part)
            number += 1
    except BaseException:
        await session.execute(queries.FORGET, import_id)
        raise
    return import_id, digest.digest()


async def start_import(session: Session, import_id: int) -> Record:
    """Lets the worker have it."""
    started = await session.fetchrow(queries.QUEUE, import_id)
    assert started is not None
    return started


async def forget(session: Session, import_id: int) -> None:
    await session.execute(queries.FORGET, import_id)


async def get_import(session: Session, principal: Principal, import_id: int) -> dict[str, Any]:
    found = await session.fetchrow(queries.GET, import_id, principal.id, principal.is_admin)
    if found is None:
        raise ImportNotFound
    errors = await session.fetch(queries.ERRORS, import_id, 0, SHOWN_ERRORS)
    return {**found, "errors": [{name: error[name] for name in ("row", "pointer", "message")} for error in errors]}


async def list_imports(session: Session, principal: Principal, query: PageQuery) -> Listed:
    """The caller's own, newest first."""
    total = await session.fetchval(queries.COUNT, principal.id) if query.count else None
    scope = f"imports {principal.id}"
    rows = await session.fetch(queries.LIST, principal.id, start_id(query, scope, ID_MAX), query.limit + 1)
    return *cut(rows, query, scope), total


async def list_import_errors(session: Session, principal: Principal, import_id: int, query: PageQuery) -> Listed:
    """In the order in which they were met."""
    found = await session.fetchrow(queries.GET, import_id, principal.id, principal.is_admin)
    if found is None:
        raise ImportNotFound
    scope = f"import errors {import_id}"
    rows = await session.fetch(queries.ERRORS, import_id, start_id(query, scope, 0), query.limit + 1)
    page, next_cursor = cut(rows, query, scope)
    shown = [{name: row[name] for name in ("row", "pointer", "message")} for row in page]
    return shown, next_cursor, found["error_count"] if query.count else None


async def cancel_import(session: Session, principal: Principal, import_id: int) -> Record:
    """Ends it where it is: what was imported so far stays, of an atomic one nothing."""
    await get_import(session, principal, import_id)
    cancelled = await session.fetchrow(queries.CANCEL, import_id)
    if cancelled is None:
        raise ImportEnded
    return cancelled


async def purge(session: Session) -> bool:
    """Forgets what ended long ago; the tasks stay, and so does which of them came from where."""
    return await session.execute(queries.PURGE, KEPT_DAYS) > 0
