"""Two-factor authentication: a code of an app besides the password. Each code is accepted once, whoever else tries it
at the same moment; a recovery code stands in when the app is lost."""

from typing import Any

from shared.auth import Principal
from shared.database import Session
from shared.sealing import Sealer
from users_service.audit import service as audit
from users_service.errors import OtpRequired, UserNotFound
from users_service.guesses import service as guesses
from users_service.two_factor import codes, queries
from users_service.two_factor.errors import InvalidOtp, TwoFactorOff, TwoFactorOn, WrongOtp


async def get_status(session: Session, principal: Principal) -> dict[str, Any]:
    row = await session.fetchrow(queries.STATUS, principal.id)
    assert row is not None
    return {"enabled": row["enabled_at"] is not None, "recovery_codes_left": row["recovery_codes_left"]}


async def set_up(session: Session, sealer: Sealer, principal: Principal) -> dict[str, str]:
    """A new secret, which counts once a code of it is shown. Raises TwoFactorOn."""
    secret = codes.new_secret()
    sealed = sealer.seal(secret.encode(), _purpose(principal.id))
    if not await session.fetchval(queries.PREPARE, principal.id, sealed):
        raise TwoFactorOn
    url = codes.otpauth_url(secret, principal.username)
    return {"secret": secret, "otpauth_url": url, "qr_svg": codes.qr_svg(url)}


async def enable(session: Session, sealer: Sealer, principal: Principal, otp: str) -> list[str]:
    """From now on a code is asked for. The recovery codes, which nobody is shown again. Raises TwoFactorOn,
    TwoFactorOff when nothing was set up, or WrongOtp."""
    prepared = await session.fetchrow(queries.FIND_PREPARED, principal.id)
    if prepared is None:
        raise TwoFactorOff("Set up two-factor authentication first.")
    if prepared["enabled_at"] is not None:
        raise TwoFactorOn
    secret, otp = _open(sealer, principal.id, prepared["secret"]), codes.plain(otp)
    step = codes.step_of(secret, otp) if codes.is_app_code(otp) else None
    if step is None:
        raise WrongOtp
    async with session.begin():
        if not await session.fetchval(queries.ENABLE, principal.id, prepared["secret"], step):
            raise TwoFactorOn("Two-factor authentication was changed a moment ago.")
        await audit.record(session, "two_factor.enabled", principal.id, f"user/{principal.id}")
        return await _renew_recovery_codes(session, principal.id)


async def renew_recovery_codes(session: Session, sealer: Sealer, principal: Principal, otp: str) -> list[str]:
    """Ten new ones instead of those that are left. Raises TwoFactorOff or WrongOtp."""
    await _require(session, sealer, principal, otp)
    async with session.begin():
        await audit.record(session, "two_factor.recovery_codes_renewed", principal.id, f"user/{principal.id}")
        return await _renew_recovery_codes(session, principal.id)


async def disable(session: Session, sealer: Sealer, principal: Principal, otp: str) -> None:
    """Asks for no code any more. The caller has checked the password. Raises TwoFactorOff or WrongOtp."""
    await _require(session, sealer, principal, otp)
    async with session.begin():
        await forget(session, principal.id)
        await audit.record(session, "two_factor.disabled", principal.id, f"user/{principal.id}")


async def forget(session: Session, user_id: int) -> None:
    """Removes everything that is kept of it."""
    async with session.begin():
        await session.execute(queries.FORGET, user_id)
        await session.execute(queries.FORGET_RECOVERY_CODES, user_id)


async def reset(session: Session, principal: Principal, user_id: int) -> None:
    """The same for whoever has lost app and recovery codes. Raises UserNotFound."""
    if not await session.fetchval(queries.IS_ACCOUNT, user_id):
        raise UserNotFound
    async with session.begin():
        await forget(session, user_id)
        await audit.record(session, "two_factor.reset", principal.id, f"user/{user_id}")


async def check_otp(session: Session, sealer: Sealer, user_id: int, otp: str | None, *, known: bool) -> None:
    """For a sign-in whose password was right. Raises OtpRequired or InvalidOtp where a code is asked for, or
    TooManyGuesses."""
    sealed = await session.fetchval(queries.FIND_ENABLED, user_id)
    if sealed is None:
        return
    if otp is None:
        raise OtpRequired
    async with guesses.counted(session.database, guesses.account_key(user_id, "otp"), known=known):
        if not await _spend(session, sealer, user_id, sealed, otp):
            raise InvalidOtp


async def _require(session: Session, sealer: Sealer, principal: Principal, otp: str) -> None:
    sealed = await session.fetchval(queries.FIND_ENABLED, principal.id)
    if sealed is None:
        raise TwoFactorOff
    async with guesses.counted(session.database, guesses.account_key(principal.id, "otp"), known=True):
        if not await _spend(session, sealer, principal.id, sealed, otp):
            raise WrongOtp


async def _spend(session: Session, sealer: Sealer, user_id: int, sealed: bytes, otp: str) -> bool:
    """Takes the code, if it is good and was not taken before."""
    otp = codes.plain(otp)
    if not codes.is_app_code(otp):
        digest = codes.recovery_digest(user_id, otp)
        return bool(await session.fetchval(queries.SPEND_RECOVERY_CODE, user_id, digest))
    step = codes.step_of(_open(sealer, user_id, sealed), otp)
    return step is not None and bool(await session.fetchval(queries.SPEND_STEP, user_id, step))


async def _renew_recovery_codes(session: Session, user_id: int) -> list[str]:
    fresh = codes.new_recovery_codes()
    await session.execute(queries.FORGET_RECOVERY_CODES, user_id)
    await session.execute(queries.ADD_RECOVERY_CODES, user_id, [codes.recovery_digest(user_id, c) for c in fresh])
    return fresh


def _purpose(user_id: int) -> str:
    return f"two-factor {user_id}"


def _open(sealer: Sealer, user_id: int, sealed: bytes) -> str:
    return sealer.open(sealed, _purpose(user_id)).decode()
