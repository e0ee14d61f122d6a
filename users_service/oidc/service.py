"""Signing in through a provider: there and back, then a code that the browser changes into tokens."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.auth import Principal
from shared.database import Session
from shared.sealing import Sealer
from users_service.auth.origin import Origin
from users_service.auth.service import open_session
from users_service.auth.tokens import TokenIssuer
from users_service.errors import OtpRequired
from users_service.oidc import queries
from users_service.oidc.attempts import LIFE, Attempt, digest
from users_service.oidc.errors import AttemptInvalid, CodeInvalid, ProviderNotFound, ProviderRefused
from users_service.oidc.identities import find_or_add_account, link_identity
from users_service.oidc.provider import Provider
from users_service.oidc.schemas import CallbackQuery
from users_service.sessions.service import find_principal
from users_service.settings import Settings
from users_service.two_factor.service import check_otp

CODE_LIFE = timedelta(seconds=30)
CODE_LIFE_WITH_OTP = timedelta(minutes=5)  # for people to find their telephone; the browser's cookie guards it besides
VIA = "provider"

Providers = dict[str, Provider]
Answer = dict[str, Any]


def find_provider(providers: Providers, name: str) -> Provider:
    provider = providers.get(name)
    if provider is None:
        raise ProviderNotFound
    return provider


async def finish(
    session: Session, settings: Settings, provider: Provider, attempt: Attempt, query: CallbackQuery
) -> int:
    """The id of the account that the provider vouches for; linked with it now if that was asked for. Raises
    AttemptInvalid for an answer that was used before or to a session that has ended, and whatever else is wrong."""
    if not await session.fetchval(queries.SPEND_ATTEMPT, attempt.digest, timedelta(seconds=LIFE)):
        raise AttemptInvalid
    if query.code is None or query.iss not in (None, provider.settings.issuer, f"{provider.settings.issuer}/"):
        raise ProviderRefused
    identity = await provider.identify(query.code, attempt)
    if attempt.user_id is None:
        return await find_or_add_account(session, settings, identity)
    if await find_principal(session, UUID(attempt.session_id), attempt.user_id) is None:
        raise AttemptInvalid
    return await link_identity(session, identity, attempt.user_id)


async def list_identities(session: Session, providers: Providers, principal: Principal) -> list[dict[str, Any]]:
    """What is linked with the account; `provider` is null for one that the settings do not name any more."""
    names = {provider.settings.issuer: name for name, provider in providers.items()}
    rows = await session.fetch(queries.LIST_IDENTITIES, principal.id)
    return [{"provider": names.get(row["issuer"]), **row} for row in rows]


async def issue_code(session: Session, user_id: int) -> tuple[str, str]:
    """A code, and the secret that stays in the browser: neither is good without the other, and both once."""
    code, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    await session.execute(queries.ADD_CODE, digest(code), digest(browser), user_id, CODE_LIFE)
    return code, browser


async def exchange(
    session: Session,
    tokens: TokenIssuer,
    sealer: Sealer,
    origin: Origin,
    code: str,
    browser: str | None,
    otp: str | None,
) -> Answer:
    """Raises CodeInvalid; OtpRequired and InvalidOtp for an account with two-factor authentication, and the code stays
    good for a few minutes then."""
    key = (digest(code), digest(browser or ""))
    user_id = await session.fetchval(queries.FIND_CODE, *key)
    if user_id is None:
        raise CodeInvalid
    try:
        await check_otp(session, sealer, user_id, otp, known=True)
    except OtpRequired:
        await session.execute(queries.EXTEND_CODE, key[0], CODE_LIFE_WITH_OTP)
        raise
    if not await session.fetchval(queries.SPEND_CODE, *key):
        raise CodeInvalid
    return await open_session(session, tokens, origin, user_id, password_hash=None, via=VIA)


async def sign_in(session: Session, tokens: TokenIssuer, sealer: Sealer, origin: Origin, user_id: int) -> Answer:
    """At once, for clients that are no browsers. Raises OtpRequired, because there is no place for a code."""
    await check_otp(session, sealer, user_id, None, known=True)
    return await open_session(session, tokens, origin, user_id, password_hash=None, via=VIA)
