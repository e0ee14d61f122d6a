"""`/api/auth/2fa`: two-factor authentication."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.dependencies import AdminUser, CurrentUser, Id, SessionDep
from shared.responses import json_response, no_content
from shared.routing import Route
from users_service.auth.service import check_password
from users_service.dependencies import PasswordsDep, SealerDep
from users_service.two_factor import service
from users_service.two_factor.schemas import Code, PasswordAndCode, RecoveryCodes, TwoFactorSetup, TwoFactorStatus

SECRET = {"x-idempotency": "no-replay"}
"""For answers that hold secrets, and for guesses, which must count whatever else fails."""

router = APIRouter(prefix="/api/auth/2fa", route_class=Route, tags=["two-factor"])
administration = APIRouter(prefix="/api/users", route_class=Route, tags=["two-factor"])


@router.get("", summary="Whether two-factor authentication is on", response_model=TwoFactorStatus)
async def get_two_factor(principal: CurrentUser, session: SessionDep) -> Response:
    """Also how many recovery codes are left."""
    return json_response(await service.get_status(session, principal))


@router.post("/setup", summary="Set two-factor authentication up", response_model=TwoFactorSetup, openapi_extra=SECRET)
async def set_up_two_factor(principal: CurrentUser, session: SessionDep, sealer: SealerDep) -> Response:
    """A new secret for an authenticator app. It counts once `enable` was told a code of it; until then signing in is as
    before, and setting up again makes another secret."""
    return json_response(await service.set_up(session, sealer, principal))


@router.post("/enable", summary="Turn two-factor authentication on", response_model=RecoveryCodes, openapi_extra=SECRET)
async def enable_two_factor(principal: CurrentUser, session: SessionDep, sealer: SealerDep, body: Code) -> Response:
    """From now on signing in asks for a code. This one is spent by it: sign in with the next. The recovery codes are
    shown this once."""
    return json_response({"recovery_codes": await service.enable(session, sealer, principal, body.otp)})


@router.post("/recovery-codes", summary="Make new recovery codes", response_model=RecoveryCodes, openapi_extra=SECRET)
async def renew_recovery_codes(principal: CurrentUser, session: SessionDep, sealer: SealerDep, body: Code) -> Response:
    """Ten new ones, shown this once; those that were left are void."""
    fresh = await service.renew_recovery_codes(session, sealer, principal, body.otp)
    return json_response({"recovery_codes": fresh})


@router.post("/disable", summary="Turn two-factor authentication off", status_code=204, openapi_extra=SECRET)
async def disable_two_factor(
    principal: CurrentUser, session: SessionDep, passwords: PasswordsDep, sealer: SealerDep, body: PasswordAndCode
) -> Response:
    """Needs the password and a code, or a recovery code."""
    await check_password(session, passwords, principal, body.password.get_secret_value())
    await service.disable(session, sealer, principal, body.otp)
    return no_content()


@administration.delete("/{user_id}/2fa", summary="Turn a user's two-factor authentication off", status_code=204)
async def reset_two_factor(principal: AdminUser, session: SessionDep, user_id: Id) -> Response:
    """For administrators, when somebody has lost both the app and the recovery codes."""
    await service.reset(session, principal, user_id)
    return no_content()
