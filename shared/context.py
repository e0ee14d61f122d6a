"""What is known of the work in hand, carried from the request to logs, events and outgoing calls."""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(slots=True, frozen=True)
class RequestContext:
    """`traceparent` is W3C Trace Context's header, made here when the client sent none. `address` is the client's, as
    the gateway saw it, and empty for work that no request asked for."""

    request_id: str
    traceparent: str
    address: str = ""

    @classmethod
    def of(cls, request_id: str | None, traceparent: str | None, address: str = "") -> "RequestContext":
        if not request_id or not REQUEST_ID.fullmatch(request_id):
            request_id = secrets.token_hex(16)
        if not traceparent or not TRACEPARENT.fullmatch(traceparent):
            random = secrets.token_hex(24)
            traceparent = f"00-{random[:32]}-{random[32:]}-01"
        return cls(request_id, traceparent, address)


current: ContextVar[RequestContext | None] = ContextVar("request", default=None)


def get() -> RequestContext:
    """The context of the request being served, or a new one for work that no request asked for."""
    return current.get() or RequestContext.of(None, None)


def event() -> tuple[UUID, str, str]:
    """The last parameters of a statement that records an event: its id, request id, traceparent."""
    now = get()
    return uuid7(), now.request_id, now.traceparent


def uuid7() -> UUID:
    """A UUID that sorts by time, as events, sessions and tokens have."""
    return _uuid7()
