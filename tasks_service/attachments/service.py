"""The rules of attachments, and the only code that writes them.

Who may edit a task may add files to it; a file is deleted by who added it and by those who may delete the task. Equal
content is kept once. A file is in the storage before its row is, and leaves after it, so a row always has its file;
a file without a row is collected.
"""

from shared import context
from shared.auth import Principal
from shared.database import Record, Session
from shared.pagination import Listed, cut, start_id
from shared.text import ID_MAX
from tasks_service.attachments import queries, sniffing
from tasks_service.attachments.errors import (
    AttachmentDeletionRefused,
    AttachmentNotFound,
    AttachmentQuotaExceeded,
    AttachmentRefused,
    PreviewNotAvailable,
)
from tasks_service.attachments.names import disposition
from tasks_service.attachments.previews import TYPE, Previews, keys_of
from tasks_service.attachments.receiving import Received
from tasks_service.attachments.schemas import AttachmentQuery
from tasks_service.attachments.storage import Storage
from tasks_service.errors import TaskNotFound
from tasks_service.settings import Settings
from tasks_service.tasks.hanging import refuse

UNUSED_FOR = 60.0  # seconds until content that nobody has is dropped
STRAY_FOR = 86_400.0  # seconds; longer than an upload can take

Answer = tuple[int, dict[str, str]]


async def require_room(session: Session, principal: Principal, settings: Settings, task_id: int, size: int) -> None:
    """Refuses before anything is received what could not be kept: `size` bytes on this task by this person."""
    found = await session.fetchrow(queries.ASK, task_id, principal.id, principal.is_admin, *settings.quotas)
    if found is None:
        raise TaskNotFound
    if not found["editable"]:
        await refuse(session, principal, task_id, AttachmentRefused)
    if found["room"] < size:
        raise AttachmentQuotaExceeded


async def add_attachment(
    session: Session, principal: Principal, settings: Settings, task_id: int, received: Received
) -> tuple[Record, bool]:
    """The attachment, and whether its content is kept under the key it was received with."""
    who = (task_id, principal.id, principal.is_admin, *settings.quotas)
    file = (received.key, received.size, received.sha256, received.filename, received.content_type)
    async with session.begin():
        await session.fetch(queries.LOCK_ROOM, task_id, principal.id)
        attachment = await session.fetchrow(queries.ADD, *who, *file, *context.event())
        if attachment is None:
            await require_room(session, principal, settings, task_id, received.size)
            raise TaskNotFound
        session.event_recorded()
        return attachment, await session.fetchval(queries.KEY_OF, received.sha256) == received.key


async def list_attachments(session: Session, principal: Principal, task_id: int, query: AttachmentQuery) -> Listed:
    who = (task_id, principal.id, principal.is_admin)
    if await session.fetchrow(queries.ASK, *who, 0, 0) is None:
        raise TaskNotFound
    backwards = query.sort.startswith("-")
    scope = f"attachments of {task_id} {query.sort} {query.created_by}"
    begin = start_id(query, scope, ID_MAX if backwards else 0)
    sql = queries.LIST_NEWEST_FIRST if backwards else queries.LIST
    rows = await session.fetch(sql, *who, begin, query.limit + 1, query.created_by)
    total = await session.fetchval(queries.COUNT, task_id, query.created_by) if query.count else None
    return *cut(rows, query, scope), total


async def get_attachment(session: Session, principal: Principal, attachment_id: int) -> Record:
    return await _get(session, principal, attachment_id, queries.GET)


async def download_attachment(session: Session, principal: Principal, storage: Storage, attachment_id: int) -> Answer:
    """Status and headers of the file, to be saved and never shown."""
    attachment = await _get(session, principal, attachment_id, queries.GET_WITH_KEY)
    status, headers = await storage.offer(attachment["key"])
    return status, {
        **headers,
        "Content-Type": sniffing.served_as(attachment["content_type"]),
        "Content-Disposition": disposition("attachment", attachment["filename"]),
    }


async def preview_attachment(
    session: Session, principal: Principal, storage: Storage, previews: Previews, attachment_id: int, size: int | None
) -> Answer:
    """Status and headers of an image to be shown, as it is or in this size. Raises PreviewNotAvailable."""
    attachment = await _get(session, principal, attachment_id, queries.GET_WITH_KEY)
    if attachment["content_type"] not in sniffing.SAFE_IMAGES:
        raise PreviewNotAvailable
    key, content_type = attachment["key"], attachment["content_type"]
    if size is not None:
        key, content_type = await previews.make(key, size), TYPE
    if key is None:
        raise PreviewNotAvailable
    status, headers = await storage.offer(key)
    shown = disposition("inline", attachment["filename"])
    return status, {**headers, "Content-Type": content_type, "Content-Disposition": shown}


async def delete_attachment(session: Session, principal: Principal, attachment_id: int) -> None:
    who = (attachment_id, principal.id, principal.is_admin)
    if await session.fetchrow(queries.DELETE, *who, *context.event()) is None:
        attachment = await get_attachment(session, principal, attachment_id)
        await refuse(session, principal, attachment["task_id"], AttachmentDeletionRefused)
    session.event_recorded()


async def drop_unused(session: Session, storage: Storage) -> bool:
    """Deletes content that no attachment has any more; whether there may be more."""
    rows = await session.fetch(queries.DROP_UNUSED, UNUSED_FOR)
    await storage.delete([key for row in rows for key in keys_of(row["key"])])
    return len(rows) > 0


async def collect_strays(session: Session, storage: Storage) -> bool:
    """Deletes files that have no row: their upload, or the dropping of their content, was cut off."""
    async for keys in storage.older_than(STRAY_FOR):
        names = {key: key.partition(".")[0] for key in keys}
        rows = await session.fetch(queries.UNKNOWN, list(set(names.values())))
        unknown = {row["k"] for row in rows}
        await storage.delete([key for key, name in names.items() if name in unknown])
    return False


async def _get(session: Session, principal: Principal, attachment_id: int, sql: str) -> Record:
    attachment = await session.fetchrow(sql, attachment_id, principal.id, principal.is_admin)
    if attachment is None:
        raise AttachmentNotFound
    return attachment
