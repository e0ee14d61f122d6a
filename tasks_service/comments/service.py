"""The rules of comments, and the only code that writes them.

Who may edit a task may comment on it and react; a comment is changed by its author and deleted by the author and by
those who may delete the task. What a statement refused, it did without saying why: the reason is looked up afterwards.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import NoReturn

from shared import context, people
from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session
from shared.errors import Unavailable
from shared.http import PeerClient
from shared.pagination import Listed, PageQuery, cut, start_id
from shared.text import ID_MAX
from tasks_service import markdown
from tasks_service.comments import queries
from tasks_service.comments.errors import CommentChangeRefused, CommentingRefused, CommentNotFound, TooManyReactions
from tasks_service.comments.schemas import CommentQuery
from tasks_service.errors import ProjectArchived
from tasks_service.tasks.hanging import refuse
from tasks_service.tasks.service import get_task

MAX_EMOJIS = 20  # on one comment
MAX_REACTIONS = 500  # with one emoji
LAST_VERSION = 2**31 - 1


async def create_comment(session: Session, principal: Principal, users: PeerClient, task_id: int, body: str) -> Record:
    mentioned = await _mentioned_in(session, users, task_id, body)
    comment = await session.fetchrow(
        queries.CREATE, task_id, principal.id, principal.is_admin, body, mentioned, *context.event()
    )
    if comment is None:
        await refuse(session, principal, task_id, CommentingRefused)
    session.event_recorded()
    return comment


async def get_comment(session: Session, principal: Principal, comment_id: int, render: str | None = None) -> Record:
    comment = await session.fetchrow(queries.GET, comment_id, principal.id, principal.is_admin)
    if comment is None:
        raise CommentNotFound
    return (await _rendered([comment], render))[0]


async def list_comments(session: Session, principal: Principal, task_id: int, query: CommentQuery) -> Listed:
    await get_task(session, principal, task_id)
    backwards = query.sort.startswith("-")
    scope = f"comments of {task_id} {query.sort}"
    begin = start_id(query, scope, ID_MAX if backwards else 0)
    sql = queries.LIST_NEWEST_FIRST if backwards else queries.LIST
    rows = await session.fetch(sql, task_id, principal.id, principal.is_admin, begin, query.limit + 1)
    total = await session.fetchval(queries.COUNT, task_id) if query.count else None
    page, next_cursor = cut(rows, query, scope)
    return await _rendered(page, query.render), next_cursor, total


async def update_comment(
    session: Session,
    principal: Principal,
    users: PeerClient,
    comment_id: int,
    body: str | None,
    preconditions: Preconditions = NONE,
) -> Record:
    """Other words; None leaves those that are there. Only who is mentioned for the first time is told."""
    mentioned: list[int] = []
    if body is not None:
        before = await get_comment(session, principal, comment_id)
        mentioned = await _mentioned_in(session, users, before["task_id"], body)
    versions = preconditions.versions()
    comment = await session.fetchrow(
        queries.UPDATE, comment_id, principal.id, principal.is_admin, versions, body, mentioned, *context.event()
    )
    if comment is None:
        await _refuse(session, principal, comment_id, "edits", preconditions)
    session.event_recorded()
    return comment


async def delete_comment(
    session: Session, principal: Principal, comment_id: int, preconditions: Preconditions = NONE
) -> None:
    versions = preconditions.versions()
    comment = await session.fetchrow(
        queries.DELETE, comment_id, principal.id, principal.is_admin, versions, *context.event()
    )
    if comment is None:
        await _refuse(session, principal, comment_id, "deletes", preconditions)
    session.event_recorded()


async def add_reaction(session: Session, principal: Principal, comment_id: int, emoji: str) -> Record:
    """Once for each person and emoji; again changes nothing."""
    who = (comment_id, principal.id, principal.is_admin)
    comment = await session.fetchrow(queries.REACT, *who, emoji, MAX_REACTIONS, MAX_EMOJIS, *context.event())
    if comment is not None:
        session.event_recorded()
        return comment
    seen = await _may(session, principal, comment_id)
    if principal.id in seen["reactions"].get(emoji, ()):
        return await get_comment(session, principal, comment_id)
    if seen["archived"]:
        raise ProjectArchived
    raise TooManyReactions if seen["reacts"] else CommentingRefused


async def remove_reaction(session: Session, principal: Principal, comment_id: int, emoji: str) -> None:
    """The caller's own; one that is not there needs no removing."""
    comment = await session.fetchrow(
        queries.UNREACT, comment_id, principal.id, principal.is_admin, emoji, *context.event()
    )
    if comment is not None:
        session.event_recorded()
        return
    seen = await _may(session, principal, comment_id)
    if principal.id in seen["reactions"].get(emoji, ()) and seen["archived"]:
        raise ProjectArchived


async def list_comment_history(session: Session, principal: Principal, comment_id: int, query: PageQuery) -> Listed:
    """What the comment said before, newest first."""
    await get_comment(session, principal, comment_id)
    scope = f"history of comment {comment_id}"
    before = min(start_id(query, scope, LAST_VERSION), LAST_VERSION)
    rows = await session.fetch(queries.FORMER, comment_id, before, query.limit + 1)
    total = await session.fetchval(queries.COUNT_FORMER, comment_id) if query.count else None
    return *cut(rows, query, scope, by="version"), total


async def _mentioned_in(session: Session, users: PeerClient, task_id: int, body: str) -> list[int]:
    """Those who are named and may see the task."""
    mentions = await asyncio.to_thread(markdown.names_in, body) if "@" in body else []
    if not mentions:
        return []
    unknown = [row["id"] for row in await session.fetch(queries.UNKNOWN_PEOPLE, task_id)]
    with contextlib.suppress(Unavailable):  # a comment is worth more than a mention in it
        await people.find(session, users, unknown)
    names = list({name for readings in mentions for name in readings})
    rows = await session.fetch(queries.MENTIONED_PEOPLE, task_id, names)
    known = {row["name"]: row["id"] for row in rows}
    meant = (next((known[name] for name in readings if name in known), None) for readings in mentions)
    return list(dict.fromkeys(one for one in meant if one is not None))


async def _may(session: Session, principal: Principal, comment_id: int) -> Record:
    seen = await session.fetchrow(queries.MAY, comment_id, principal.id, principal.is_admin)
    if seen is None:
        raise CommentNotFound
    return seen


async def _refuse(
    session: Session, principal: Principal, comment_id: int, right: str, preconditions: Preconditions
) -> NoReturn:
    seen = await _may(session, principal, comment_id)
    if seen["archived"]:
        raise ProjectArchived
    if not seen[right]:
        raise CommentChangeRefused
    preconditions.require(seen["version"])
    raise CommentNotFound  # it could not be seen when the statement ran


async def _rendered(rows: Sequence[Record], render: str | None) -> Sequence[Record]:
    if render != "html":
        return rows
    pages = await asyncio.to_thread(lambda: [markdown.to_html(row["body"]) for row in rows])
    return [{**row, "html": page} for row, page in zip(rows, pages, strict=True)]
