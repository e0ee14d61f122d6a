"""Labels over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, page_response
from shared.responses import changed, created, no_content, resource
from shared.routing import Route
from tasks_service.labels import service
from tasks_service.labels.schemas import LabelCreate, LabelFilter, LabelMerge, LabelRead, LabelReplace, LabelUpdate

router = APIRouter(prefix="/api/labels", tags=["labels"], route_class=Route)


@router.get("", response_model=Page[LabelRead], summary="List labels")
async def list_labels(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[LabelFilter, Query()]
) -> Response:
    """Your own and those of your projects, by name. Tasks may carry words that are no labels here as well."""
    return page_response(request, *await service.list_labels(session, principal, query))


@router.post("", status_code=201, response_model=LabelRead, summary="Create a label")
async def create_label(principal: CurrentUser, session: SessionDep, body: LabelCreate) -> Response:
    """A colour for a word: in a project, for those who may put tasks into it, or of your own. 409 when there is one of
    that name, regardless of case."""
    label = await service.create_label(session, principal, body)
    return created(label, f"/api/labels/{label['id']}")


@router.get("/{label_id}", response_model=LabelRead, summary="Read a label")
async def get_label(
    principal: CurrentUser, session: SessionDep, label_id: Id, preconditions: PreconditionsDep
) -> Response:
    """The label, with the number of tasks that carry it."""
    return resource(await service.get_label(session, principal, label_id), preconditions)


@router.put("/{label_id}", response_model=LabelRead, summary="Replace a label")
async def replace_label(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, label_id: Id, body: LabelReplace
) -> Response:
    """Another name is given to its tasks as well, each with a version and an event of its own."""
    return changed(await service.replace_label(session, principal, label_id, body, preconditions))


@router.patch("/{label_id}", response_model=LabelRead, summary="Change a label")
async def update_label(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, label_id: Id, body: LabelUpdate
) -> Response:
    """A merge patch. Another name is given to its tasks as well."""
    return changed(await service.update_label(session, principal, label_id, body, preconditions))


@router.delete("/{label_id}", status_code=204, summary="Delete a label")
async def delete_label(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, label_id: Id
) -> Response:
    """Its tasks lose it, each with a version and an event of its own."""
    await service.delete_label(session, principal, label_id, preconditions)
    return no_content()


@router.post("/{label_id}/merge", response_model=LabelRead, summary="Merge a label into another one")
async def merge_label(principal: CurrentUser, session: SessionDep, label_id: Id, body: LabelMerge) -> Response:
    """The tasks of this label have the other one afterwards, once, and this one is gone. Returns the other one."""
    return changed(await service.merge_label(session, principal, label_id, body.into))
