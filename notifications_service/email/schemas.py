"""What comes out of the operations on mail."""

from datetime import datetime

from pydantic import BaseModel


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
