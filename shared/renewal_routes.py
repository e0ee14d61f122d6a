"""How a service that publishes is asked to publish once more, see `shared/renewal.py`. Closed at the gateway."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from shared import outbox
from shared.dependencies import SessionDep
from shared.renewal import AGAIN
from shared.responses import json_response
from shared.routing import Route
from shared.text import ID_MAX

router = APIRouter(route_class=Route, include_in_schema=False)


class AgainQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    before: Annotated[int, Field(ge=1, le=ID_MAX)] = ID_MAX


@router.post(AGAIN)
async def publish_again(session: SessionDep, query: Annotated[AgainQuery, Query()]) -> Response:
    """Has a batch of events published once more, newest first. `next` is where to go on before, null at the end."""
    return json_response({"next": await outbox.publish_again(session, query.before)})
