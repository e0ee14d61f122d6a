"""The codes of two-factor authentication: those of an app (TOTP, RFC 6238) and the recovery codes on paper."""

import hashlib
import io
import secrets
import time
from hmac import compare_digest

PERIOD = 30  # seconds of a step
WINDOW = 1  # steps by which the clocks may differ
ISSUER = "Taskwire"

RECOVERY_CODES = 10
RECOVERY_LENGTH = 16  # characters: 79 bits, so a plain hash of one tells nothing
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another


def new_secret() -> str:
    import pyotp

    return pyotp.random_base32()


def otpauth_url(secret: str, username: str) -> str:
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def qr_svg(url: str) -> str:
    """An SVG image without style, so that it shows under a strict Content-Security-Policy."""
    import segno

    image = io.BytesIO()
    segno.make(url, error="m").save(image, kind="svg", xmldecl=False, scale=5, light="#fff", nl=False)
    return image.getvalue().decode()


def step_of(secret: str, code: str) -> int | None:
    """The time step that a code of the app belongs to, if it is one of now."""
    import pyotp

    totp, now = pyotp.TOTP(secret), int(time.time()) // PERIOD
    steps = range(now - WINDOW, now + WINDOW + 1)
    return next((step for step in steps if compare_digest(totp.generate_otp(step), code)), None)


def is_app_code(otp: str) -> bool:
    return len(otp) == 6 and otp.isascii() and otp.isdigit()


def plain(otp: str) -> str:
    """A code as it is compared: people type spaces, dashes and capitals."""
    return "".join(character for character in otp.lower() if character not in " -\u2013\u00a0")


def new_recovery_codes() -> list[str]:
    codes = ["".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    return ["-".join(code[i : i + 4] for i in range(0, RECOVERY_LENGTH, 4)) for code in codes]


def recovery_digest(user_id: int, code: str) -> bytes:
    return hashlib.sha256(f"{user_id} {plain(code)}".encode()).digest()
