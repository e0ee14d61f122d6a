"""Secrets of webhooks, and signatures by the Standard Webhooks specification."""

import base64
import hashlib
import hmac
import secrets

from pydantic import SecretStr

from shared.sealing import Sealer

PREFIX = "whsec_"
SIZE = 32  # bytes


def sealer_of(key: SecretStr) -> Sealer:
    """What SECRETS_KEY protects."""
    return Sealer(hashlib.sha256(key.get_secret_value().encode()).digest())


def new_secret() -> bytes:
    return secrets.token_bytes(SIZE)


def shown(secret: bytes) -> str:
    return PREFIX + base64.b64encode(secret).decode()


def purpose(owner_id: int) -> str:
    """A sealed secret that is moved to another owner's webhook does not open there."""
    return f"webhook of {owner_id}"


def headers(message_id: str, timestamp: int, body: bytes, keys: list[bytes]) -> dict[str, str]:
    """One signature for each secret that counts."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
