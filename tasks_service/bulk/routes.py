"""Bulk requests over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from shared.dependencies import CurrentUser, SessionDep
from shared.responses import json_response
from shared.routing import Route
from tasks_service.bulk import service
from tasks_service.bulk.schemas import BulkRequest, BulkResult, DeleteAllQuery, DeletedAll
from tasks_service.dependencies import SettingsDep, UsersDep

router = APIRouter(prefix="/api/tasks", tags=["bulk"], route_class=Route)


@router.post("/bulk", response_model=BulkResult, summary="Change many tasks at once")
async def bulk_tasks(
    principal: CurrentUser, session: SessionDep, settings: SettingsDep, users: UsersDep, body: BulkRequest
) -> Response:
    """Up to 1,000 tasks: `update` and `move` give all of them what `set` says (as PATCH would; `move` changes project
    and status and puts them at the end), `delete` and `restore` use the trash, `create` makes new ones. What is below a
    task goes along as it does with one task, and is not counted. Each task is under the rules that hold for it alone
    and has a result with the status that it would have been answered by itself. With `atomic` one refusal refuses all:
    422 `bulk_refused`, with `results`, `matched` and `changed: 0` beside `errors`."""
    return json_response(await service.bulk_tasks(session, principal, settings, users, body))


@router.delete("", response_model=DeletedAll, summary="Move all tasks to the trash that match")
async def delete_tasks(
    principal: CurrentUser, session: SessionDep, query: Annotated[DeleteAllQuery, Query()]
) -> Response:
    """Everything that you may delete and that matches the filters; `?confirm=true` says that it is meant. All of it in
    one transaction, up to 10,000 tasks; beyond that `has_more` says so. They come back with `restore`."""
    return json_response(await service.delete_tasks(session, principal, query))
