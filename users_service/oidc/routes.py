"""`/api/auth/oidc`: signing in through a provider."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from shared.dependencies import CurrentUser, SessionDep
from shared.errors import Problem
from shared.responses import json_response, no_content
from shared.routing import Route
from users_service.auth.origin import origin_of
from users_service.auth.schemas import SignedIn
from users_service.dependencies import ProvidersDep
from users_service.oidc import attempts, identities, service
from users_service.oidc.attempts import COOKIE, Attempt
from users_service.oidc.schemas import CallbackQuery, Exchange, IdentityList, LinkStarted, ProviderList

PUBLIC = {"x-public": True}
SECRET = {"x-public": True, "x-idempotency": "no-replay"}
REDIRECTS: dict[int | str, Any] = {
    302: {"description": "The browser goes on"},
    401: {"description": "The provider refused, or this is not the browser that went there"},
    403: {"description": "Accounts are made by invitation only, or the provider says no address"},
    409: {"description": "An account with this address has to be linked from within"},
}

ProviderName = Annotated[str, Path(max_length=200, description="`name` of `GET /api/auth/oidc`")]

router = APIRouter(prefix="/api/auth/oidc", route_class=Route, tags=["single sign-on"])


@router.get("", summary="List the sign-in providers", response_model=ProviderList, openapi_extra=PUBLIC)
async def list_sign_in_providers(providers: ProvidersDep) -> Response:
    """Those of `OIDC_PROVIDERS`, for the buttons of a sign-in page."""
    known = [provider.settings for provider in providers.values()]
    items = [{"name": p.name, "label": p.label, "login_url": f"{attempts.PATH}/{p.name}/login"} for p in known]
    return json_response({"items": items, "next_cursor": None})


@router.get("/{provider}/login", summary="Sign in through a provider", status_code=302, openapi_extra=PUBLIC)
async def begin_sign_in(request: Request, provider: ProviderName) -> Response:
    """Sends the browser to the provider, with PKCE, a nonce, and a state that is bound to this browser by a cookie."""
    state = request.app.state
    chosen = service.find_provider(state.providers, provider)
    attempt = Attempt.begin(provider)
    response = RedirectResponse(await chosen.authorization_url(attempt), 302)
    _set_cookie(request, response, attempt.seal(state.sealer), attempts.LIFE)
    return response


@router.get("/identities", summary="List the providers of your account", response_model=IdentityList)
async def list_identities(principal: CurrentUser, session: SessionDep, providers: ProvidersDep) -> Response:
    """Those that open your account."""
    items = await service.list_identities(session, providers, principal)
    return json_response({"items": items, "next_cursor": None})


@router.post(
    "/{provider}/link",
    summary="Link a provider with your account",
    response_model=LinkStarted,
    openapi_extra={"x-idempotency": "no-replay"},
)
async def begin_linking(request: Request, principal: CurrentUser, provider: ProviderName) -> Response:
    """For who is signed in, administrators and accounts with two-factor authentication included, whatever the e-mail
    addresses. Send the browser to `authorization_url`; it comes back signed in, and linked."""
    state = request.app.state
    chosen = service.find_provider(state.providers, provider)
    attempt = Attempt.begin(provider, principal)
    response = json_response({"authorization_url": await chosen.authorization_url(attempt)})
    _set_cookie(request, response, attempt.seal(state.sealer), attempts.LIFE)
    return response


@router.delete(
    "/identities/{provider}",
    summary="Unlink a provider from your account",
    status_code=204,
    openapi_extra={"x-unversioned": True},
)
async def unlink_identity(
    principal: CurrentUser, session: SessionDep, providers: ProvidersDep, provider: ProviderName
) -> Response:
    """409 `last_way_in` for an account that has no password and no other provider: set a password first."""
    chosen = service.find_provider(providers, provider)
    await identities.unlink_identity(session, principal, chosen.settings.issuer)
    return no_content()


@router.get(
    "/{provider}/callback",
    summary="Come back from a provider",
    response_model=SignedIn,
    responses=REDIRECTS,
    openapi_extra=PUBLIC,
)
async def finish_sign_in(
    request: Request, session: SessionDep, provider: ProviderName, query: Annotated[CallbackQuery, Query()]
) -> Response:
    """Browsers are sent to `/#/signed-in?code=...` (or `?error=...`): that code is good once, for 30 seconds and in
    this browser only, at `POST /api/auth/oidc/exchange`. Who accepts `application/json` gets the tokens at once.

    Someone new gets an account where registration is open. An account with the same e-mail address is linked only if
    the provider says that the address is verified; if the address was never confirmed here, the account's password,
    sessions and access tokens end with that. Administrators and accounts with two-factor authentication are not linked
    by their address, but from within: `POST /api/auth/oidc/{provider}/link`."""
    state = request.app.state
    accept = request.headers.get("accept", "")
    try:
        chosen = service.find_provider(state.providers, provider)
        attempt = Attempt.read(state.sealer, request.cookies.get(COOKIE), provider, query.state)
        user_id = await service.finish(session, state.settings, chosen, attempt, query)
        if "application/json" in accept and "text/html" not in accept:
            origin = origin_of(request)
            response = json_response(await service.sign_in(session, state.tokens, state.sealer, origin, user_id))
            response.delete_cookie(COOKIE, attempts.PATH)
            return response
        code, browser = await service.issue_code(session, user_id)
    except Problem as problem:
        if "text/html" not in accept:
            raise
        return RedirectResponse(f"{_console(request)}error={quote(problem.code)}", 302)
    response = RedirectResponse(f"{_console(request)}code={code}", 302)
    _set_cookie(request, response, browser, int(service.CODE_LIFE_WITH_OTP.total_seconds()))
    return response


@router.post(
    "/exchange",
    summary="Change the code into tokens",
    response_model=SignedIn,
    responses={401: {"description": "The code is not good (any more)"}},
    openapi_extra=SECRET,
)
async def exchange_sign_in_code(request: Request, session: SessionDep, body: Exchange) -> Response:
    """In the browser that came back from the provider: its cookie is needed besides the code. With two-factor
    authentication `otp` as well; 401 `otp_required` leaves the code good for five minutes."""
    state, browser = request.app.state, request.cookies.get(COOKIE)
    signed_in = await service.exchange(
        session, state.tokens, state.sealer, origin_of(request), body.code, browser, body.otp
    )
    response = json_response(signed_in)
    response.delete_cookie(COOKIE, attempts.PATH)
    return response


def _console(request: Request) -> str:
    return f"{request.app.state.settings.public_url.rstrip('/')}/#/signed-in?"


def _set_cookie(request: Request, response: Response, value: str, seconds: int) -> None:
    secure = request.app.state.settings.public_url.startswith("https://")
    response.set_cookie(
        COOKIE, value, max_age=seconds, path=attempts.PATH, secure=secure, httponly=True, samesite="lax"
    )
