"""The rules of the inbox, and the only code that writes it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from notifications_service import policies
from notifications_service.inbox import queries
from notifications_service.inbox.details import details_of
from notifications_service.inbox.errors import NotificationNotFound
from notifications_service.inbox.kinds import BUNDLED, MAILED
from notifications_service.inbox.recipients import Told
from notifications_service.inbox.schemas import NotificationFilter
from notifications_service.settings import Settings
from notifications_service.stream.log import append_notifications
from shared import context
from shared.auth import Principal
from shared.consumer import Event
from shared.database import Record, Session
from shared.pagination import Listed, cut, start_id
from shared.responses import encode
from shared.text import ID_MAX

MAIL_WINDOW = 60  # seconds for which mails about one task wait for each other
Channel = Literal["inbox", "email"]


async def notify(session: Session, event: Event, told: Mapping[int, Told]) -> list[Record]:
    """Writes a row for each person who wants it, and a mail; the rows that were new, with their `recipient_id`."""
    if not told:
        return []
    task, project = getattr(event.data, "task", None), getattr(event.data, "project", None)
    task_id, project_id = (task.id, task.project_id) if task else (None, project.id if project else None)
    return await session.fetch(
        queries.ADD,
        event.id,
        task_id,
        project_id,
        event.actor,
        *_columns(told, task_id),
        encode(details_of(event)).decode(),
        None,
        None,
        MAIL_WINDOW,
    )


async def announce(
    session: Session,
    user_ids: Iterable[int],
    message: str,
    *,
    channels: Sequence[Channel] | None = None,
    template: str | None = None,
    actor_id: int | None = None,
) -> UUID:
    """Tells people something that no event says, as kind `system`; the id that stands in the rows. Through these
    channels, or those that each of them wants. For use inside `session.begin()`."""
    told = dict.fromkeys(user_ids, Told("system", message.lstrip(" ")))
    event_id = context.uuid7()
    chosen = list(channels) if channels is not None else None
    rest = (encode({}).decode(), chosen, template, 0)
    rows = await session.fetch(queries.ADD, event_id, None, None, actor_id, *_columns(told, None), *rest)
    if rows:
        append_notifications(session, rows)
    return event_id


def _columns(told: Mapping[int, Told], task_id: int | None) -> tuple[list[Any], ...]:
    """What each person is told, as the columns that the statement takes."""
    all_of_it = told.values()
    bundles = [f"task:{task_id}" if t.kind in BUNDLED and task_id else None for t in all_of_it]
    kinds, deeds, personal = [t.kind for t in all_of_it], [t.deed for t in all_of_it], [t.personal for t in all_of_it]
    return list(told), kinds, deeds, personal, [t.kind in MAILED for t in all_of_it], bundles


async def list_notifications(session: Session, principal: Principal, user_id: int, query: NotificationFilter) -> Listed:
    """Of somebody's inbox."""
    policies.require_inbox(principal, user_id)
    scope = f"{query.model_dump_json(exclude={'cursor', 'limit', 'count'})}{user_id}"
    newest_first = query.sort.startswith("-")
    start = start_id(query, scope, ID_MAX if newest_first else 0)
    sql = queries.page(query.is_read, newest_first)
    rows = await session.fetch(sql, user_id, query.kind, start, query.limit + 1)
    total = None
    if query.count:
        total = await session.fetchval(queries.count(query.is_read), user_id, query.kind)
    return *cut(rows, query, scope), total


async def count_unread(session: Session, principal: Principal) -> int:
    count: int = await session.fetchval(queries.UNREAD_COUNT, principal.id)
    return count


async def mark(session: Session, principal: Principal, notification_id: int, is_read: bool) -> Record:
    row = await session.fetchrow(queries.MARK, notification_id, principal.id, is_read)
    if row is None:
        raise NotificationNotFound
    return row


async def read_all(session: Session, principal: Principal) -> int:
    """Marks everything as read; the number that was unread."""
    return await session.execute(queries.READ_ALL, principal.id)


async def delete_notification(session: Session, principal: Principal, notification_id: int) -> None:
    if not await session.execute(queries.DELETE, notification_id, principal.id):
        raise NotificationNotFound


async def purge(session: Session, settings: Settings) -> bool:
    """Removes what was read and is older than LOG_RETENTION_DAYS; whether there may be more."""
    return await session.execute(queries.PURGE, settings.log_retention_days) > 0
