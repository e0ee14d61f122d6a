"""The rules of templates, and the only code that writes them. What never was replaced has version 1."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from notifications_service.templates import queries
from notifications_service.templates.errors import TemplateReplaced
from notifications_service.templates.limits import PARTS, TemplateRefused
from notifications_service.templates.sample import sample_of
from notifications_service.templates.sandbox import Sandbox
from notifications_service.templates.schemas import TEMPLATE_KINDS, TemplateCreate, TemplateFilter
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session
from shared.errors import Unprocessable
from shared.pagination import Cursor, Listed, start_id

Words = dict[str, str | None]

DEFAULTS = {part: (Path(__file__).parent / "defaults" / f"{part}.jinja").read_text() for part in PARTS}
NOTHING: Words = dict.fromkeys(PARTS)


async def list_templates(session: Session, query: TemplateFilter) -> Listed:
    start = start_id(query, "templates", 0)
    there = {row["kind"]: row for row in await session.fetch(queries.ALL)}
    kinds = TEMPLATE_KINDS[start : start + query.limit]
    after = start + len(kinds)
    more = Cursor(None, after).encode("templates") if after < len(TEMPLATE_KINDS) else None
    return [_shown(kind, there.get(kind)) for kind in kinds], more, len(TEMPLATE_KINDS) if query.count else None


async def get_template(session: Session, kind: str) -> dict[str, Any]:
    return _shown(kind, await session.fetchrow(queries.GET, kind))


async def create_template(session: Session, sandbox: Sandbox, body: TemplateCreate) -> dict[str, Any]:
    """Replaces our words for a kind. Raises TemplateReplaced when they are replaced already."""
    words: Words = body.model_dump(include=set(PARTS))
    await _require_rendering(sandbox, body.kind, words)
    row = await session.fetchrow(queries.GET, body.kind)
    version = row["version"] if row else 1
    written = None
    if row is None or not _is_replaced(row):
        written = await session.fetchrow(queries.REPLACE, body.kind, version, *_values(words))
    if written is None:
        raise TemplateReplaced
    return _shown(body.kind, written)


async def change_template(
    session: Session, sandbox: Sandbox, kind: str, words: Words, preconditions: Preconditions = NONE
) -> dict[str, Any]:
    """Takes over the parts that `words` names; None brings ours back. They are tried before anything is written."""
    while True:
        row = await session.fetchrow(queries.GET, kind)
        version = row["version"] if row else 1
        preconditions.require(version)
        wanted = {part: words.get(part, row[part] if row else None) for part in PARTS}
        await _require_rendering(sandbox, kind, wanted)
        written = await session.fetchrow(queries.REPLACE, kind, version, *_values(wanted))
        if written is not None:
            return _shown(kind, written)


async def reset_template(session: Session, sandbox: Sandbox, kind: str, preconditions: Preconditions = NONE) -> None:
    """Brings our words back; nothing happens where they stand."""
    row = await session.fetchrow(queries.GET, kind)
    preconditions.require(row["version"] if row else 1)
    if row is not None and _is_replaced(row):
        await change_template(session, sandbox, kind, NOTHING, preconditions)


async def preview_template(session: Session, sandbox: Sandbox, kind: str, words: Words) -> dict[str, str]:
    """The words with values of an example."""
    row = await session.fetchrow(queries.GET, kind)
    return await _require_rendering(
        sandbox, kind, {part: words.get(part, row[part] if row else None) for part in PARTS}
    )


async def words_for(session: Session, sandbox: Sandbox, kind: str, context: Mapping[str, Any]) -> dict[str, str]:
    """The mail. An administrator's template that fails for these values must not keep a mail back: ours stands in."""
    from notifications_service.templates.renderer import render  # Jinja2 is for those who send

    row = await session.fetchrow(queries.GET, kind)
    if row is not None and _is_replaced(row):
        try:
            return await sandbox.render(_complete(row), context)
        except TemplateRefused:
            return render(DEFAULTS, context)
    return render(DEFAULTS, context)


async def _require_rendering(sandbox: Sandbox, kind: str, words: Words) -> dict[str, str]:
    try:
        return await sandbox.render(_complete(words), sample_of(kind))
    except TemplateRefused as error:
        raise Unprocessable.at(f"/{error.part}", error.message) from None


def _complete(words: Mapping[str, Any]) -> dict[str, str]:
    return {part: words[part] if words[part] is not None else DEFAULTS[part] for part in PARTS}


def _is_replaced(row: Record) -> bool:
    return any(row[part] is not None for part in PARTS)


def _values(words: Words) -> list[str | None]:
    return [words[part] for part in PARTS]


def _shown(kind: str, row: Record | None) -> dict[str, Any]:
    if row is None:
        return {"kind": kind, **DEFAULTS, "is_default": True, "updated_at": None, "version": 1}
    rest = {"is_default": not _is_replaced(row), "updated_at": row["updated_at"], "version": row["version"]}
    return {"kind": kind, **_complete(row), **rest}
