"""`/api/auth/password` and `/api/auth/email`: what is proved by a password or by a mailed link."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.dependencies import CurrentUser, SessionDep
from shared.responses import json_response, no_content
from shared.routing import Route
from users_service.dependencies import PasswordsDep, TokensDep
from users_service.passwords import service
from users_service.passwords.schemas import (
    EmailConfirmation,
    Forgotten,
    ForgottenAnswer,
    PasswordChange,
    PasswordReset,
)
from users_service.users.service import confirm_email as confirm

PUBLIC = {"x-public": True, "x-idempotency": "no-replay"}
ONCE = {"x-idempotency": "no-replay"}
"""Nothing of these is kept for a retry: their bodies are secrets, and what they do is done once anyway."""

ON_ITS_WAY = {"detail": "If there is an account with this address, a mail with a link is on its way."}

router = APIRouter(prefix="/api/auth", route_class=Route, tags=["auth"])


@router.post("/password/change", summary="Change your password", status_code=204, openapi_extra=ONCE)
async def change_password(
    principal: CurrentUser, session: SessionDep, passwords: PasswordsDep, body: PasswordChange
) -> Response:
    """Ends all your other sessions. Personal access tokens stay: they were not made of the password, and are revoked
    one by one. 422 `wrong_password` if the current one is wrong; that counts like a failed sign-in."""
    current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
    await service.change_password(session, passwords, principal, current, new)
    return no_content()


@router.post(
    "/password/forgot",
    summary="Ask for a new password",
    status_code=202,
    response_model=ForgottenAnswer,
    openapi_extra=PUBLIC,
)
async def forgot_password(session: SessionDep, tokens: TokensDep, body: Forgotten) -> Response:
    """Mails a link that is good once, for 30 minutes, to the address if an account has it. The answer is the same
    whether one has or not, also when too many mails were asked for lately."""
    subject = tokens.unknown_account(f"mail {body.email}")
    await service.forget_password(session, subject, body.email)
    return json_response(ON_ITS_WAY, status=202)


@router.post("/password/reset", summary="Set a new password", status_code=204, openapi_extra=PUBLIC)
async def reset_password(session: SessionDep, passwords: PasswordsDep, body: PasswordReset) -> Response:
    """With the token of the mailed link. Ends all sessions and personal access tokens of the account, and lets its
    owner sign in again at once if it was locked by wrong guesses. 422 `invalid_link` if the link is not good (any
    more)."""
    await service.reset_password(session, passwords, body.token, body.new_password.get_secret_value())
    return no_content()


@router.post("/email/confirm", summary="Confirm a new e-mail address", status_code=204, openapi_extra=PUBLIC)
async def confirm_email(session: SessionDep, body: EmailConfirmation) -> Response:
    """With the token of the link that was mailed to it. 422 `invalid_link` if the link is not good (any more)."""
    await confirm(session, body.token)
    return no_content()
