"""The Annotated aliases that routes declare: there are no others."""

from typing import Annotated

from fastapi import Depends, Path, Request

from shared import scopes
from shared.auth import Principal
from shared.conditional import Preconditions, read_preconditions
from shared.database import Session
from shared.errors import Forbidden
from shared.text import ID_MAX, Whole

__all__ = ["AdminUser", "CurrentUser", "Id", "PreconditionsDep", "SessionDep"]


async def current_user(request: Request) -> Principal:
    """Who is calling, or 401. The verifier of the service decides. A personal access token is taken where the route
    names scopes that it has, otherwise 403."""
    principal: Principal = await request.app.state.verifier.verify(request)
    request.scope["principal"] = principal
    if principal.scopes != scopes.ALL:
        scopes.require(principal.scopes, getattr(request.scope.get("route"), "token_scopes", None))
    return principal


async def admin_user(request: Request) -> Principal:
    principal = await current_user(request)
    if not principal.is_admin:
        raise Forbidden("Only administrators may do this.")
    return principal


async def get_session(request: Request) -> Session:
    """The unit of work: already in a transaction when the request carries an Idempotency-Key."""
    session: Session | None = request.scope.get("session")
    return session or request.app.state.database.session()


CurrentUser = Annotated[Principal, Depends(current_user)]
AdminUser = Annotated[Principal, Depends(admin_user)]
PreconditionsDep = Annotated[Preconditions, Depends(read_preconditions)]
SessionDep = Annotated[Session, Depends(get_session)]
Id = Annotated[Whole, Path(ge=1, le=ID_MAX)]
