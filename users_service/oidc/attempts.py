"""A sign-in that is under way at a provider. The browser keeps it, sealed, in a cookie that scripts cannot read; so a
callback is only good in the browser that began."""

import base64
import binascii
import hashlib
import secrets
import time
from dataclasses import asdict, dataclass

import orjson

from shared.auth import Principal
from shared.database import Database
from shared.sealing import Broken, Sealer
from users_service.oidc import queries
from users_service.oidc.errors import AttemptInvalid

COOKIE = "taskwire_oidc"
PATH = "/api/auth/oidc"
LIFE = 600  # seconds to sign in at the provider
PURPOSE = "sign-in at a provider"


@dataclass(slots=True, frozen=True)
class Attempt:
    """`user_id` and `session_id` are those of somebody who is signed in and wants the provider linked."""

    provider: str
    state: str
    nonce: str
    verifier: str  # of PKCE
    began_at: float
    user_id: int | None = None
    session_id: str = ""

    @classmethod
    def begin(cls, provider: str, principal: Principal | None = None) -> "Attempt":
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        if principal is None:
            return cls(provider, state, nonce, verifier, time.time())
        return cls(provider, state, nonce, verifier, time.time(), principal.id, str(principal.session_id))

    @property
    def digest(self) -> bytes:
        """What marks it as used."""
        return digest(self.state)

    def seal(self, sealer: Sealer) -> str:
        """Without the padding, which would have to be quoted in a cookie."""
        return base64.urlsafe_b64encode(sealer.seal(orjson.dumps(asdict(self)), PURPOSE)).decode().rstrip("=")

    @classmethod
    def read(cls, sealer: Sealer, cookie: str | None, provider: str, state: str) -> "Attempt":
        """Raises AttemptInvalid unless this browser began it, at this provider, and not too long ago."""
        try:
            sealed = base64.urlsafe_b64decode(f"{cookie or ''}===".encode("ascii"))
            attempt = cls(**orjson.loads(sealer.open(sealed, PURPOSE)))
        except (Broken, ValueError, TypeError, UnicodeError, binascii.Error):
            raise AttemptInvalid from None
        same = secrets.compare_digest(attempt.state.encode(), state.encode("utf-8", "surrogatepass"))
        if not same or attempt.provider != provider or time.time() - attempt.began_at > LIFE:
            raise AttemptInvalid
        return attempt


def digest(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()


async def purge(database: Database) -> bool:
    """Forgets the attempts and codes that have expired."""
    session = database.session()
    await session.execute(queries.PURGE_ATTEMPTS)
    await session.execute(queries.PURGE_CODES)
    return False
