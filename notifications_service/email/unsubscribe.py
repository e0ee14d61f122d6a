"""The links by which somebody who is not signed in ends mails of a kind: signed, so that nobody makes one up."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from pydantic import SecretStr

from notifications_service.inbox.kinds import KINDS

ALL = "all"
SIGNATURE = 16  # bytes


@dataclass(slots=True, frozen=True)
class Subscription:
    """What a link ends: mails of one kind, or of `all`, to one person."""

    user_id: int
    kind: str

    def token(self, key: SecretStr) -> str:
        named = f"{self.user_id}.{self.kind}".encode()
        return base64.urlsafe_b64encode(_signature(key, named) + named).decode().rstrip("=")

    @classmethod
    def of(cls, token: str, key: SecretStr) -> "Subscription | None":
        """None for what `token` did not make."""
        try:
            signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        named = signed[SIGNATURE:]
        if not hmac.compare_digest(signed[:SIGNATURE], _signature(key, named)):
            return None
        user_id, _, kind = named.decode().partition(".")
        found = cls(int(user_id), kind)
        is_ours = kind in (*KINDS, ALL) and found.token(key) == token  # base64 has several spellings of the same
        return found if is_ours else None


def _signature(key: SecretStr, named: bytes) -> bytes:
    return hmac.digest(key.get_secret_value().encode(), b"unsubscribe " + named, hashlib.sha256)[:SIGNATURE]
