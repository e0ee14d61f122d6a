"""`/api/login` and the like: the same operations as under `/api/auth`, in the forms that older clients know. They are
not in the OpenAPI document. The tokens come under their old names as well: `access`, `refresh`, `token`."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from shared.dependencies import AdminUser, SessionDep, current_user
from shared.pagination import page_response
from shared.responses import json_response, no_content
from shared.routing import Route
from users_service.aliases.schemas import OldLogin, OldLogout, OldRefresh, OldRegistration
from users_service.auth import service
from users_service.auth.origin import origin_of
from users_service.auth.routes import OWN, register_once
from users_service.sessions.service import end_session
from users_service.users import directory
from users_service.users.avatars import shown
from users_service.users.schemas import UserQuery

SECRET = {"x-public": True, "x-idempotency": "no-replay"}
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

router = APIRouter(route_class=Route, tags=["auth"], include_in_schema=False)
administration = APIRouter(route_class=Route, tags=["users"], include_in_schema=False)
Body = TypeVar("Body", bound=BaseModel)


@router.post("/api/register", openapi_extra=OWN)
@router.post("/api/users/register", openapi_extra=OWN)
@router.post("/api/users", openapi_extra=OWN)
async def register_old(request: Request) -> Response:
    return await register_once(request, await _read(request, OldRegistration))


@router.post("/api/login", openapi_extra=SECRET)
@router.post("/api/users/login", openapi_extra=SECRET)
@router.post("/api/token", openapi_extra=SECRET)
async def login_old(request: Request, session: SessionDep) -> Response:
    state, given = request.app.state, await _read(request, OldLogin)
    password, origin = given.password.get_secret_value(), origin_of(request)
    signed_in = await service.login(
        session, state.tokens, state.passwords, state.sealer, origin, given.username, password, given.otp
    )
    return json_response(_with_old_names(signed_in))


@router.post("/api/token/refresh", openapi_extra=SECRET)
async def refresh_old(request: Request, session: SessionDep) -> Response:
    given = await _read(request, OldRefresh)
    return json_response(_with_old_names(await service.refresh(session, request.app.state.tokens, given.refresh)))


@router.post("/api/logout", openapi_extra=SECRET)
async def logout_old(request: Request, session: SessionDep) -> Response:
    """Ends the session of the refresh token in the body, or else that of the access token."""
    given = await _read(request, OldLogout) if await request.body() else OldLogout()
    session_id = None
    if given.refresh is not None:
        session_id = await service.session_of(session, request.app.state.tokens, given.refresh.get_secret_value())
    if session_id is None:
        await service.logout(session, await current_user(request))
    else:
        await end_session(session, session_id, actor_id=None)
    return no_content()


@administration.get("/api/admin/users")
async def list_users_old(
    principal: AdminUser, session: SessionDep, request: Request, query: Annotated[UserQuery, Query()]
) -> Response:
    users, next_cursor, total = await directory.list_users(session, principal, query)
    return page_response(request, [shown(user, principal.id) for user in users], next_cursor, total)


def _with_old_names(answer: dict[str, Any]) -> dict[str, Any]:
    access = answer["access_token"]
    return {**answer, "access": access, "refresh": answer["refresh_token"], "token": access}


async def _read(request: Request, model: type[Body]) -> Body:
    """The body as JSON or as a form."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if content_type in FORMS:
            async with request.form(max_files=0, max_fields=20) as form:
                return model.model_validate(dict(form))
        return model.model_validate_json(await request.body() or b"null")
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from None
