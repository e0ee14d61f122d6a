"""Templates over HTTP: for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from notifications_service.dependencies import SandboxDep
from notifications_service.templates import service
from notifications_service.templates.schemas import (
    Preview,
    PreviewRequest,
    TemplateCreate,
    TemplateFilter,
    TemplateKind,
    TemplatePatch,
    TemplateRead,
    TemplateUpdate,
)
from shared.dependencies import AdminUser, PreconditionsDep, SessionDep
from shared.pagination import Page, page_response
from shared.responses import changed, created, json_response, no_content, resource
from shared.routing import Route

router = APIRouter(prefix="/api/notification-templates", tags=["notifications"], route_class=Route)


@router.get("", response_model=Page[TemplateRead], summary="List the templates of mails")
async def list_templates(
    request: Request, principal: AdminUser, session: SessionDep, query: Annotated[TemplateFilter, Query()]
) -> Response:
    """One for each kind of notification, and `digest` for mails about several things. Templates are Jinja2; what they
    are given: `recipient {name, username}`, `items` (each with `kind, message, when, url, comment` and `task {id, key,
    title, status, priority, due_date, due}` or null), `item` and `task` (the first one's), `public_url`,
    `unsubscribe_url`. Times and dates stand in the recipient's time zone and form."""
    return page_response(request, *await service.list_templates(session, query))


@router.post("", status_code=201, response_model=TemplateRead, summary="Replace our words for a kind")
async def create_template(
    principal: AdminUser, session: SessionDep, sandbox: SandboxDep, body: TemplateCreate
) -> Response:
    """As PUT, but 409 when they are replaced already."""
    template = await service.create_template(session, sandbox, body)
    return created(template, f"/api/notification-templates/{template['kind']}")


@router.get("/{kind}", response_model=TemplateRead, summary="Read a template")
async def get_template(
    principal: AdminUser, session: SessionDep, preconditions: PreconditionsDep, kind: TemplateKind
) -> Response:
    """The words that mails of this kind are made of now."""
    return resource(await service.get_template(session, kind), preconditions)


@router.put("/{kind}", response_model=TemplateRead, summary="Replace a template")
async def replace_template(
    principal: AdminUser,
    session: SessionDep,
    sandbox: SandboxDep,
    preconditions: PreconditionsDep,
    kind: TemplateKind,
    body: TemplateUpdate,
) -> Response:
    """It is tried first: 422 says what is wrong in which part, also when it takes too long or makes too much."""
    words = {**service.NOTHING, **body.model_dump()}
    return changed(await service.change_template(session, sandbox, kind, words, preconditions))


@router.patch("/{kind}", response_model=TemplateRead, summary="Change parts of a template")
async def update_template(
    principal: AdminUser,
    session: SessionDep,
    sandbox: SandboxDep,
    preconditions: PreconditionsDep,
    kind: TemplateKind,
    body: TemplatePatch,
) -> Response:
    """Only the parts that the body names; `null` brings ours back."""
    words = body.model_dump(exclude_unset=True)
    return changed(await service.change_template(session, sandbox, kind, words, preconditions))


@router.delete("/{kind}", status_code=204, summary="Bring our words back")
async def reset_template(
    principal: AdminUser, session: SessionDep, sandbox: SandboxDep, preconditions: PreconditionsDep, kind: TemplateKind
) -> Response:
    """The template is then as Taskwire brought it."""
    await service.reset_template(session, sandbox, kind, preconditions)
    return no_content()


@router.post("/{kind}/preview", response_model=Preview, summary="Try a template")
async def preview_template(
    principal: AdminUser, session: SessionDep, sandbox: SandboxDep, kind: TemplateKind, body: PreviewRequest
) -> Response:
    """A mail with example values, from these parts and otherwise those that stand; nothing is kept or sent."""
    words = body.model_dump(exclude_unset=True)
    return json_response(await service.preview_template(session, sandbox, kind, words))
