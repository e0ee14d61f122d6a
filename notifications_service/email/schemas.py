"""What goes in and comes out of the operations on mail."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from notifications_service.inbox.kinds import Kind
from shared.pagination import PageQuery

MailStatus = Literal["pending", "sent", "failed", "suppressed"]


class MailStats(BaseModel):
    """Mails by state, as far as they are kept. `suppressed` were not wanted any more, or had nobody to go to;
    `waiting_since` is the oldest that is due and not sent."""

    pending: int
    retrying: int
    sent: int
    failed: int
    suppressed: int
    waiting_since: datetime | None
    paused_addresses: int


class InboxStats(BaseModel):
    total: int
    unread: int


class DeliveryStats(BaseModel):
    mail: MailStats
    inbox: InboxStats
    dead_letters: int


class MailFilter(PageQuery):
    status: Annotated[MailStatus | None, Field(description="Only those in this state")] = None


class MailRead(BaseModel):
    """One mail, without its words. `reason` says why it failed, is tried again or was not sent."""

    id: int
    recipient_id: int
    kinds: list[Kind]
    status: MailStatus
    attempts: int
    reason: str
    created_at: datetime
    next_attempt_at: datetime | None
    done_at: datetime | None
