"""Comments over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import changed, created, no_content, resource
from shared.routing import Route
from tasks_service.comments import service
from tasks_service.comments.schemas import (
    CommentQuery,
    CommentRead,
    CommentUpdate,
    CommentWrite,
    Emoji,
    FormerBody,
    RenderQuery,
)
from tasks_service.dependencies import UsersDep

UNVERSIONED = {"x-unversioned": True}

router = APIRouter(tags=["comments"], route_class=Route)
EmojiPath = Annotated[Emoji, Path(description="An emoji, or a short name such as `+1`", examples=["+1"])]


@router.get("/api/tasks/{task_id}/comments", response_model=Page[CommentRead], summary="List the comments on a task")
async def list_comments(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    task_id: Id,
    query: Annotated[CommentQuery, Query()],
) -> Response:
    """Oldest first. With `render=html` each has its words as safe HTML as well."""
    return page_response(request, *await service.list_comments(session, principal, task_id, query))


@router.post("/api/tasks/{task_id}/comments", status_code=201, response_model=CommentRead, summary="Comment on a task")
async def create_comment(
    principal: CurrentUser, session: SessionDep, users: UsersDep, task_id: Id, body: CommentWrite
) -> Response:
    """Markdown, kept as written. `@username`, in any case, tells those of the named who may see the task; not in code
    and not in e-mail addresses. For those who may edit the task."""
    comment = await service.create_comment(session, principal, users, task_id, body.body)
    return created(comment, f"/api/comments/{comment['id']}")


@router.get("/api/comments/{comment_id}", response_model=CommentRead, summary="Read a comment")
async def get_comment(
    principal: CurrentUser,
    session: SessionDep,
    preconditions: PreconditionsDep,
    comment_id: Id,
    query: Annotated[RenderQuery, Query()],
) -> Response:
    """The comment with its version as ETag."""
    return resource(await service.get_comment(session, principal, comment_id, query.render), preconditions)


@router.put("/api/comments/{comment_id}", response_model=CommentRead, summary="Replace a comment's words")
async def replace_comment(
    principal: CurrentUser,
    session: SessionDep,
    users: UsersDep,
    preconditions: PreconditionsDep,
    comment_id: Id,
    body: CommentWrite,
) -> Response:
    """For its author and administrators. What it said before stays in its history."""
    comment = await service.update_comment(session, principal, users, comment_id, body.body, preconditions)
    return changed(comment)


@router.patch("/api/comments/{comment_id}", response_model=CommentRead, summary="Change a comment")
async def update_comment(
    principal: CurrentUser,
    session: SessionDep,
    users: UsersDep,
    preconditions: PreconditionsDep,
    comment_id: Id,
    body: CommentUpdate,
) -> Response:
    """For its author and administrators. Who is mentioned for the first time is told."""
    words = body.body if "body" in body.model_fields_set else None
    comment = await service.update_comment(session, principal, users, comment_id, words, preconditions)
    return changed(comment)


@router.delete("/api/comments/{comment_id}", status_code=204, summary="Delete a comment")
async def delete_comment(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, comment_id: Id
) -> Response:
    """For its author and for those who may delete the task. It is gone for good, with its history."""
    await service.delete_comment(session, principal, comment_id, preconditions)
    return no_content()


@router.get(
    "/api/comments/{comment_id}/history", response_model=Page[FormerBody], summary="List what a comment said before"
)
async def list_comment_history(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    comment_id: Id,
    query: Annotated[PageQuery, Query()],
) -> Response:
    """Its former words, the latest first; what it says now is the comment itself."""
    return page_response(request, *await service.list_comment_history(session, principal, comment_id, query))


@router.put(
    "/api/comments/{comment_id}/reactions/{emoji}",
    response_model=CommentRead,
    summary="React to a comment",
    openapi_extra=UNVERSIONED,
)
async def add_reaction(principal: CurrentUser, session: SessionDep, comment_id: Id, emoji: EmojiPath) -> Response:
    """Once for each person and emoji: again changes nothing. Up to 20 different ones on a comment."""
    return changed(await service.add_reaction(session, principal, comment_id, emoji))


@router.delete(
    "/api/comments/{comment_id}/reactions/{emoji}",
    status_code=204,
    summary="Take a reaction back",
    openapi_extra=UNVERSIONED,
)
async def remove_reaction(principal: CurrentUser, session: SessionDep, comment_id: Id, emoji: EmojiPath) -> Response:
    """Your own. One that is not there needs no taking back."""
    await service.remove_reaction(session, principal, comment_id, emoji)
    return no_content()
