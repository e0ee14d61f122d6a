"""Field definitions over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import changed, created, no_content, resource
from shared.routing import Route
from tasks_service.fields import service
from tasks_service.fields.schemas import FieldCreate, FieldRead, FieldUpdate

router = APIRouter(prefix="/api/projects/{project_id}/fields", tags=["fields"], route_class=Route)


@router.get("", response_model=Page[FieldRead], summary="List the custom fields of a project")
async def list_fields(
    request: Request, principal: CurrentUser, session: SessionDep, project_id: Id, query: Annotated[PageQuery, Query()]
) -> Response:
    """In their order. Tasks have their values in `custom_fields`, under the field's `key`."""
    return page_response(request, *await service.list_fields(session, principal, project_id, query))


@router.post("", status_code=201, response_model=FieldRead, summary="Add a custom field to a project")
async def create_field(principal: CurrentUser, session: SessionDep, project_id: Id, body: FieldCreate) -> Response:
    """For owners and maintainers. Values are text (at most 2,000 characters), a number, a date (`YYYY-MM-DD`), one of
    the options or the id of a user. What is required must be there when a task is made or its fields are written."""
    field = await service.create_field(session, principal, project_id, body)
    return created(field, f"/api/projects/{project_id}/fields/{field['id']}")


@router.get("/{field_id}", response_model=FieldRead, summary="Read a custom field of a project")
async def get_field(
    principal: CurrentUser, session: SessionDep, project_id: Id, field_id: Id, preconditions: PreconditionsDep
) -> Response:
    """The definition with its version as ETag."""
    return resource(await service.get_field(session, principal, project_id, field_id), preconditions)


@router.put("/{field_id}", response_model=FieldRead, summary="Replace a custom field of a project")
async def replace_field(
    principal: CurrentUser,
    session: SessionDep,
    preconditions: PreconditionsDep,
    project_id: Id,
    field_id: Id,
    body: FieldCreate,
) -> Response:
    """For owners and maintainers. Key and type never change (422)."""
    field = await service.replace_field(session, principal, project_id, field_id, body, preconditions)
    return changed(field)


@router.patch("/{field_id}", response_model=FieldRead, summary="Change a custom field of a project")
async def update_field(
    principal: CurrentUser,
    session: SessionDep,
    preconditions: PreconditionsDep,
    project_id: Id,
    field_id: Id,
    body: FieldUpdate,
) -> Response:
    """For owners and maintainers. An option that is taken away stays where it was chosen."""
    return changed(await service.update_field(session, principal, project_id, field_id, body, preconditions))


@router.delete("/{field_id}", status_code=204, summary="Delete a custom field of a project")
async def delete_field(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, project_id: Id, field_id: Id
) -> Response:
    """For owners and maintainers, with the values that tasks have in it."""
    await service.delete_field(session, principal, project_id, field_id, preconditions)
    return no_content()
