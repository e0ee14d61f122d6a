"""`/api/auth`, and the public keys."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, SessionDep, get_session
from shared.idempotency import replaying
from shared.responses import created, json_response, no_content
from shared.routing import Route
from shared.scopes import ANY_TOKEN
from users_service.auth import service
from users_service.auth.origin import origin_of
from users_service.auth.schemas import JsonWebKeySet, Login, PrincipalRead, Refresh, SignedIn, TokenForm, TokenPair
from users_service.dependencies import TokensDep
from users_service.users.avatars import shown
from users_service.users.registration import prepare
from users_service.users.registration import register as register_user
from users_service.users.schemas import Registration, UserRead

PUBLIC = {"x-public": True}
OWN = {"x-public": True, "x-idempotency": "own"}
SECRET = {"x-public": True, "x-idempotency": "no-replay"}
"""For answers that hold tokens: these are not kept, so a retry signs in once more."""
WRONG: dict[int | str, dict[str, Any]] = {401: {"description": "What was sent signs nobody in"}}
CLOSED: dict[int | str, dict[str, Any]] = {403: {"description": "Accounts are made by invitation only"}}

KEYS_KEPT = "public, max-age=300"

router = APIRouter(prefix="/api/auth", route_class=Route, tags=["auth"])
keys = APIRouter(prefix="/.well-known", route_class=Route, tags=["auth"])


@router.post(
    "/register", summary="Register", status_code=201, response_model=UserRead, responses=CLOSED, openapi_extra=OWN
)
async def register(request: Request, body: Registration) -> Response:
    """Makes an account. Usernames and e-mail addresses are unique regardless of case. 403 `registration_closed` where
    accounts are made by invitation only; `invitation` is the token of the mailed link."""
    return await register_once(request, body)


@router.post("/login", summary="Sign in", response_model=SignedIn, responses=WRONG, openapi_extra=SECRET)
async def login(request: Request, session: SessionDep, body: Login) -> Response:
    """Opens a session by username or e-mail address. The same 401 for whatever is wrong; but with two-factor
    authentication a right password without `otp` is answered 401 `otp_required`, and each code is good once."""
    return json_response(await _login(request, session, body))


@router.post("/token", summary="Sign in with a form", response_model=SignedIn, responses=WRONG, openapi_extra=SECRET)
async def issue_token(request: Request, session: SessionDep, form: Annotated[TokenForm, Form()]) -> Response:
    """The same as an OAuth 2 password form, for the Authorize button of the documentation."""
    return json_response(await _login(request, session, form))


@router.post("/refresh", summary="Renew the tokens", response_model=TokenPair, responses=WRONG, openapi_extra=SECRET)
async def refresh_tokens(session: SessionDep, tokens: TokensDep, body: Refresh) -> Response:
    """A refresh token is good once and gives a new pair. Sent again within seconds it gives the same successor; later
    it ends the session, because then somebody else has it too."""
    return json_response(await service.refresh(session, tokens, body.refresh_token))


@router.post("/logout", summary="Sign out", status_code=204)
async def logout(principal: CurrentUser, session: SessionDep) -> Response:
    """Ends this session: its access and refresh tokens are dead everywhere within a second."""
    await service.logout(session, principal)
    return no_content()


@router.get("/verify", summary="Whom a token stands for", response_model=PrincipalRead, openapi_extra=ANY_TOKEN)
async def verify_token(principal: CurrentUser) -> Response:
    """The principal, or 401. The role is today's, not the one at sign-in. `expires_at` is that of a personal access
    token, whose id is the `session_id`."""
    return json_response(
        {
            "id": principal.id,
            "username": principal.username,
            "role": principal.role,
            "scopes": principal.scopes,
            "session_id": principal.session_id,
            "expires_at": principal.expires_at and datetime.fromtimestamp(principal.expires_at, UTC),
        }
    )


@keys.get("/jwks.json", summary="Public keys", response_model=JsonWebKeySet, openapi_extra=PUBLIC)
async def list_keys(tokens: TokensDep) -> Response:
    """The keys that access tokens are signed with (RFC 7517)."""
    return json_response(tokens.key_set, headers={"Cache-Control": KEYS_KEPT})


async def register_once(request: Request, body: Registration) -> Response:
    """Registers, safely to be sent again with the same Idempotency-Key. The password is hashed first: meanwhile nobody
    else waits for the connection that the key's transaction holds."""
    state = request.app.state
    hashed = await prepare(state.settings, state.passwords, body)

    async def store(request: Request) -> Response:
        user = await register_user(await get_session(request), body, hashed)
        return created(shown(user), f"/api/users/{user['id']}")

    return await replaying(store)(request)


async def _login(request: Request, session: SessionDep, given: Login | TokenForm) -> dict[str, Any]:
    state, password = request.app.state, given.password.get_secret_value()
    return await service.login(
        session, state.tokens, state.passwords, state.sealer, origin_of(request), given.username, password, given.otp
    )
