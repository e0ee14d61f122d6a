"""`/api/auth/tokens`: personal access tokens."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import created, json_response, no_content
from shared.routing import Route
from users_service.access_tokens import service
from users_service.access_tokens.schemas import AccessTokenCreate, AccessTokenCreated, AccessTokenRead

SECRET = {"x-idempotency": "no-replay"}
"""The answer holds the token, so it is not kept: a retry makes another one."""

UNVERSIONED = {"x-unversioned": True}

router = APIRouter(prefix="/api/auth/tokens", route_class=Route, tags=["access tokens"])


@router.get("", summary="List your access tokens", response_model=Page[AccessTokenRead])
async def list_access_tokens(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[PageQuery, Query()]
) -> Response:
    """Newest first, without the secrets; expired ones too, until they are revoked."""
    return page_response(request, *await service.list_tokens(session, principal, query))


@router.post(
    "", summary="Make an access token", status_code=201, response_model=AccessTokenCreated, openapi_extra=SECRET
)
async def create_access_token(principal: CurrentUser, session: SessionDep, body: AccessTokenCreate) -> Response:
    """For scripts and other programs. `token` is shown this once; send it as `Authorization: Bearer <token>`. It acts
    for you within its scopes: `tasks:*` is reading and writing, `tasks:write` does not include reading, and without
    `admin` an administrator's token is a plain user's. It ends when it is revoked, when it expires, and with your
    account; a changed password leaves it."""
    token = await service.create_token(session, principal, body)
    return created(token, f"/api/auth/tokens/{token['id']}")


@router.get("/{token_id}", summary="One access token", response_model=AccessTokenRead, openapi_extra=UNVERSIONED)
async def get_access_token(principal: CurrentUser, session: SessionDep, token_id: UUID) -> Response:
    """Without its secret."""
    return json_response(await service.get_token(session, principal, token_id))


@router.delete("/{token_id}", summary="Revoke an access token", status_code=204, openapi_extra=UNVERSIONED)
async def revoke_access_token(principal: CurrentUser, session: SessionDep, token_id: UUID) -> Response:
    """It is dead everywhere within a second, sockets within two."""
    await service.revoke_token(session, principal, token_id)
    return no_content()
