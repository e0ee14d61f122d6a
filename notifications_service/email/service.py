"""The rules of mail that are no business of the sender."""

from typing import Any

from notifications_service.email import queries
from notifications_service.email.errors import MailNotFound, UnsubscribeUnknown
from notifications_service.email.schemas import MailFilter
from notifications_service.email.unsubscribe import ALL, Subscription
from notifications_service.inbox.kinds import KINDS
from notifications_service.preferences import service as preferences
from notifications_service.settings import Settings
from shared.database import Record, Session
from shared.pagination import Listed, cut, start_id
from shared.text import ID_MAX


def read_subscription(settings: Settings, token: str) -> Subscription:
    """What the link ends. Raises UnsubscribeUnknown."""
    subscription = Subscription.of(token, settings.secrets_key)
    if subscription is None:
        raise UnsubscribeUnknown
    return subscription


async def unsubscribe(session: Session, settings: Settings, token: str) -> Subscription:
    subscription = read_subscription(settings, token)
    kinds = KINDS if subscription.kind == ALL else (subscription.kind,)
    await preferences.stop_mail(session, subscription.user_id, kinds)
    return subscription


async def get_delivery_stats(session: Session) -> dict[str, Any]:
    mail, inbox = await session.fetchrow(queries.STATS), await session.fetchrow(queries.INBOX_STATS)
    return {"mail": mail, "inbox": inbox, "dead_letters": await session.fetchval(queries.DEAD_LETTERS)}


async def list_mails(session: Session, query: MailFilter) -> Listed:
    """Newest first."""
    scope = f"mails {query.status}"
    rows = await session.fetch(queries.DELIVERIES, start_id(query, scope, ID_MAX), query.limit + 1, query.status)
    total = await session.fetchval(queries.COUNT_DELIVERIES, query.status) if query.count else None
    return *cut(rows, query, scope), total


async def retry_mail(session: Session, mail_id: int) -> Record:
    """Has one that failed for good tried anew, under the id that it had."""
    row = await session.fetchrow(queries.RETRY, mail_id)
    if row is None:
        raise MailNotFound
    return row


async def purge(session: Session, settings: Settings) -> bool:
    """Removes mails that ended more than LOG_RETENTION_DAYS ago; whether there may be more."""
    return await session.execute(queries.PURGE, settings.log_retention_days) > 0
