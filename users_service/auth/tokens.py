"""Access and refresh tokens: made here, and nowhere else.

An access token is a JWT, ES256 by python-jose, good for minutes and only while its session lives. A refresh token is
the id of a row and a code computed from that id, `id.mac`: nothing that could be stolen is stored, and the same
successor can be given out a second time when the first answer was lost on its way.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jose import jwk, jwt

from shared.context import uuid7
from shared.errors import Unauthenticated
from shared.jwks import ALGORITHM, AUDIENCE, ISSUER, key_id, read_claims
from shared.text import ID_MAX
from users_service.auth.errors import InvalidRefreshToken
from users_service.settings import Settings, read_signing_key, require_signing_key

REFRESH_TOKEN = re.compile(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{43})")
REFRESH_PURPOSE = b"taskwire refresh token v1"
FINGERPRINT_PURPOSE = b"taskwire request fingerprint v1"
SEALING_PURPOSE = b"taskwire sealed values v1"
NAME_PURPOSE = b"taskwire unknown name v1"


class TokenIssuer:
    """Signs with the one key of the settings; `life`, `refresh_life` and `refresh_grace` are times.

    Other keys follow from it: `fingerprint_key` for the fingerprints of requests with passwords in them, `sealing_key`
    for what is stored sealed.
    """

    def __init__(self, settings: Settings) -> None:
        pem = require_signing_key(settings)
        self._key = jwk.construct(pem, ALGORITHM)
        self._public = self._key.public_key()
        self._mac_key = _derive(pem, REFRESH_PURPOSE)
        self.fingerprint_key = _derive(pem, FINGERPRINT_PURPOSE)
        self.sealing_key = _derive(pem, SEALING_PURPOSE)
        self._name_key = _derive(pem, NAME_PURPOSE)
        self.life = settings.access_token_life
        self.refresh_life = settings.refresh_token_life
        self.refresh_grace = settings.refresh_grace
        published = {name: value for name, value in self._public.to_dict().items() if name in ("kty", "crv", "x", "y")}
        self._kid = thumbprint(published)
        self.key_set = {"keys": [{**published, "alg": ALGORITHM, "use": "sig", "kid": self._kid}]}

    def access_token(self, user_id: int, session_id: UUID) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": str(uuid7()),
            "typ": "access",
            "iat": now,
            "exp": now + int(self.life.total_seconds()),
        }
        return str(jwt.encode(claims, self._key, ALGORITHM, headers={"kid": self._kid}))

    def read_access_token(self, token: str) -> tuple[int, UUID]:
        """The user's and the session's id. Raises Unauthenticated for a token that was not made above."""
        if key_id(token) != self._kid:
            raise Unauthenticated
        claims = read_claims(token, self._public)
        try:
            user_id, session_id = int(claims["sub"]), UUID(claims["sid"])
        except ValueError:
            raise Unauthenticated from None
        if not 0 < user_id <= ID_MAX:
            raise Unauthenticated
        return user_id, session_id

    def refresh_token(self, token_id: UUID) -> str:
        return f"{token_id.hex}.{self._mac(token_id)}"

    def read_refresh_token(self, token: str) -> UUID:
        """The id of the row. Raises InvalidRefreshToken, without looking into the database, for a made-up token."""
        found = REFRESH_TOKEN.fullmatch(token)
        if found is None:
            raise InvalidRefreshToken
        token_id = UUID(hex=found[1])
        if not hmac.compare_digest(found[2], self._mac(token_id)):
            raise InvalidRefreshToken
        return token_id

    def unknown_account(self, name: str) -> str:
        """What guesses at a name are counted under that nobody has. Not the name itself: it may be a password that was
        typed into the wrong field."""
        return "name:" + hmac.digest(self._name_key, name.casefold().encode(), "sha256").hex()

    def _mac(self, token_id: UUID) -> str:
        return _base64url(hmac.digest(self._mac_key, token_id.bytes, "sha256"))


def thumbprint(key: dict[str, Any]) -> str:
    """The `kid` of a public key: RFC 7638, SHA-256."""
    canonical = json.dumps(key, separators=(",", ":"), sort_keys=True).encode()
    return _base64url(hashlib.sha256(canonical).digest())


def _derive(pem: str, purpose: bytes) -> bytes:
    secret = read_signing_key(pem).private_numbers().private_value.to_bytes(32, "big")
    return HKDF(hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
