"""The list of accounts: all of them for administrators, the active ones' entries for everybody else."""

import re
from typing import Any

from shared.auth import Principal
from shared.database import Session
from shared.pagination import Cursor, Listed, cut
from shared.text import check_text
from users_service.policies import may_administer
from users_service.users import queries
from users_service.users.errors import AdminsOnly
from users_service.users.schemas import UserQuery


async def list_users(session: Session, principal: Principal, query: UserQuery) -> Listed:
    full = may_administer(principal)
    if not full and (query.role is not None or query.is_active is not None):
        raise AdminsOnly
    filters = (query.role, query.is_active if full else True, _pattern(query.q))
    scope = f"users {query.sort} {full} {filters}"
    after: tuple[Any, ...] = ()
    if query.cursor is not None:
        cursor = Cursor.decode(query.cursor, scope, int if query.sort.endswith("id") else _name)
        after = (cursor.value, cursor.id)
    sql = queries.list_page(query.sort, full=full, first=not after)
    rows = await session.fetch(sql, *filters, *after, query.limit + 1)
    total = await session.fetchval(queries.count(full=full), *filters) if query.count else None
    return *cut(rows, query, scope, key=query.sort.lstrip("-")), total


def _pattern(words: str | None) -> str | None:
    """The LIKE pattern for text that stands anywhere, with nothing special in it."""
    return None if words is None else "%" + re.sub(r"([\\%_])", r"\\\1", words) + "%"


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return check_text(value)
