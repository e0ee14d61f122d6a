"""The Annotated aliases that routes declare. What only one service has stands in its own `dependencies.py`."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request

from shared import scopes
from shared.auth import Principal
from shared.conditional import Preconditions, read_preconditions
from shared.database import Session
from shared.errors import Forbidden
from shared.text import ID_MAX, Whole

__all__ = ["AdminUser", "CurrentUser", "Id", "PreconditionsDep", "SessionDep", "from_app", "peer"]


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


def from_app(name: str) -> Any:
    """What the application keeps as `app.state.<name>` while it runs."""

    async def find(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(find)


def peer(service: str) -> Any:
    """The client of another service."""

    async def find(request: Request) -> Any:
        return request.app.state.peers[service]

    return Depends(find)


CurrentUser = Annotated[Principal, Depends(current_user)]
AdminUser = Annotated[Principal, Depends(admin_user)]
PreconditionsDep = Annotated[Preconditions, Depends(read_preconditions)]
SessionDep = Annotated[Session, Depends(get_session)]
Id = Annotated[Whole, Path(ge=1, le=ID_MAX)]
