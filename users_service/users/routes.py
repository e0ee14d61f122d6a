"""`/api/users`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.conditional import etag
from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import page_response
from shared.responses import changed, json_response, no_content, resource
from shared.routing import Route
from shared.scopes import ANY_TOKEN
from users_service.policies import sees_everything
from users_service.users import directory, service
from users_service.users.avatars import shown
from users_service.users.schemas import (
    DirectoryEntry,
    IdsQuery,
    ProfilePatch,
    ProfilePut,
    UserPage,
    UserPatch,
    UserPut,
    UserQuery,
    UserRead,
)

router = APIRouter(prefix="/api/users", route_class=Route, tags=["users"])
internal = APIRouter(prefix="/internal/users", route_class=Route, include_in_schema=False)


@router.get("/me", summary="Your own account", response_model=UserRead, openapi_extra=ANY_TOKEN)
async def get_me(principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep) -> Response:
    """The account of whoever the token belongs to."""
    user = await service.get_user(session, principal, principal.id)
    return resource(shown(user, principal.id), preconditions)


@router.put("/me", summary="Replace your profile", response_model=UserRead)
async def replace_me(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, body: ProfilePut
) -> Response:
    """Names, time zone and locale that are absent are emptied or reset; the username stays if absent. A new `email`
    takes effect once the link that is mailed to it is used; until then it is `pending_email`."""
    user = await service.change_user(session, principal, principal.id, body.changes(), preconditions)
    return changed(shown(user, principal.id))


@router.patch("/me", summary="Change your profile", response_model=UserRead)
async def update_me(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, body: ProfilePatch
) -> Response:
    """What is absent stays; `null` empties a name and resets time zone and locale. A new `email` takes effect once the
    link that is mailed to it is used; until then it is `pending_email`, and the present one sent again takes it back.
    An administrator's own changes take effect at once."""
    user = await service.change_user(session, principal, principal.id, body.changes(), preconditions)
    return changed(shown(user, principal.id))


@router.get("", summary="List users", response_model=UserPage, openapi_extra=ANY_TOKEN)
async def list_users(
    principal: CurrentUser, session: SessionDep, request: Request, query: Annotated[UserQuery, Query()]
) -> Response:
    """Administrators get whole accounts and may filter by `role` and `is_active`. Everybody else gets the directory
    of active accounts (id, username, full_name), for assigning and mentioning."""
    users, next_cursor, total = await directory.list_users(session, principal, query)
    return page_response(request, [shown(user, principal.id) for user in users], next_cursor, total)


@router.get("/{user_id}", summary="One user", response_model=UserRead | DirectoryEntry)
async def get_user(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, user_id: Id
) -> Response:
    """The whole account for its owner and administrators; for others its entry in the directory."""
    user = await service.get_user(session, principal, user_id)
    body = shown(user, principal.id)
    if sees_everything(principal, user_id) or preconditions.unchanged(user["version"]):
        return resource(body, preconditions)
    return json_response({k: body[k] for k in DirectoryEntry.model_fields}, headers=etag(user["version"]))


@router.put("/{user_id}", summary="Replace a user's profile", response_model=UserRead)
async def replace_user(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, user_id: Id, body: UserPut
) -> Response:
    """For the owner and administrators; only administrators send `role` and `is_active`, which stay if absent."""
    user = await service.change_user(session, principal, user_id, body.changes(), preconditions)
    return changed(shown(user, principal.id))


@router.patch("/{user_id}", summary="Change a user", response_model=UserRead)
async def update_user(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, user_id: Id, body: UserPatch
) -> Response:
    """For the owner and administrators. Only administrators change `role` and `is_active`; both end the sessions of
    the account. The last active administrator stays one (409)."""
    user = await service.change_user(session, principal, user_id, body.changes(), preconditions)
    return changed(shown(user, principal.id))


@router.delete("/{user_id}", summary="Delete a user", status_code=204)
async def delete_user(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, user_id: Id
) -> Response:
    """Deactivates the account and anonymises it, for good. The id stays, so that tasks keep their author."""
    await service.delete_user(session, principal, user_id, preconditions)
    return no_content()


@router.delete("/{user_id}/sessions", summary="Sign somebody out", status_code=204)
async def end_sessions_of_user(principal: CurrentUser, session: SessionDep, user_id: Id) -> Response:
    """Ends all sessions of the account, for administrators; for yourself, all but this one. Personal access tokens
    stay: deactivating the account ends those too."""
    await service.end_sessions_of(session, principal, user_id)
    return no_content()


@internal.get("")
async def find_user_states(session: SessionDep, query: Annotated[IdsQuery, Query()]) -> Response:
    """Accounts by id, for services that have not heard of them yet. Closed at the gateway."""
    return json_response({"items": await service.find_states(session, query.ids)})
