"""From the parameters of a list to SQL: conditions, order, and the place where a page begins."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from shared.auth import Principal
from shared.errors import Unprocessable
from shared.pagination import Cursor
from tasks_service.policies import mine
from tasks_service.tasks.schemas import TaskFilter

MAX_WORDS = 10
OPEN = "t.status IN ('todo', 'in_progress')"


@dataclass(slots=True)
class Where:
    """Conditions that all must hold, and their arguments; `?` in a condition stands for the value."""

    conditions: list[str] = field(default_factory=list)
    args: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        for value in values:
            condition = condition.replace("?", self.arg(value), 1)
        self.conditions.append(condition)

    def arg(self, value: Any) -> str:
        self.args.append(value)
        return f"${len(self.args)}"

    def __str__(self) -> str:
        return " AND ".join(self.conditions)


@dataclass(slots=True, frozen=True)
class Order:
    """A sort: its SQL expression and type, and how to read such a value, as PostgreSQL wrote it, from a cursor."""

    key: str
    type: str
    descending: bool
    parse: Callable[[Any], Any]

    def sql(self) -> str:
        direction = "DESC" if self.descending else "ASC"
        return f"{self.key} {direction}, t.id {direction}"

    def after(self, where: Where, cursor: Cursor) -> None:
        """Adds the condition that leaves out what earlier pages showed."""
        sign = "<" if self.descending else ">"
        where.add(f"({self.key}, t.id) {sign} (?::{self.type}, ?::bigint)", cursor.value, cursor.id)


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _number(value: Any) -> float:
    return float(_text(value))


def _day(value: Any) -> date:
    """No due date is at the edge of all days, which asyncpg takes for PostgreSQL's infinities."""
    return {"infinity": date.max, "-infinity": date.min}.get(value) or date.fromisoformat(value)


def _priority(value: Any) -> str:
    if value not in ("low", "medium", "high", "urgent"):
        raise ValueError(value)
    return str(value)


def order_of(query: TaskFilter, where: Where) -> Order:
    """The sort that was asked for; the best match first when only words were. Tasks without a due date come last."""
    if query.sort is None and query.q is not None:
        rank = f"ts_rank(t.search, {_words(query.q, where)})::float8"
        return Order(rank, "float8", True, _number)
    sort = query.sort or "-created_at"
    name, descending = sort.lstrip("-"), sort.startswith("-")
    if name == "due_date":
        edge = "'-infinity'" if descending else "'infinity'"
        return Order(f"coalesce(t.due_date, {edge}::date)", "date", descending, _day)
    kind, parse = {
        "created_at": ("timestamptz", _moment),
        "updated_at": ("timestamptz", _moment),
        "priority": ("task_priority", _priority),
        "position": ("text", _text),
    }[name]
    return Order(f"t.{name}", kind, descending, parse)


def conditions(query: TaskFilter, principal: Principal) -> Where:
    """What the rows of the list must satisfy, on all of its pages."""
    where = Where([f"t.deleted_at IS {'NOT ' if query.trashed else ''}NULL"])
    if not principal.is_admin:
        where.conditions.append(mine(where.arg(principal.id)))
    _equalities(query, where)
    for suffix, sign in (("", "="), ("_gte", ">="), ("_gt", ">"), ("_lte", "<="), ("_lt", "<")):
        day = getattr(query, f"due_date{suffix}")
        if day is not None:
            where.add(f"t.due_date {sign} ?::date", day)
    if query.overdue is not None:
        where.add(f"{'' if query.overdue else 'NOT '}coalesce(t.due_date < current_date AND {OPEN}, false)")
    if query.updated_since is not None:
        where.add("t.updated_at >= ?::timestamptz", query.updated_since)
    if query.q is not None:
        where.conditions.append(f"t.search @@ {_words(query.q, where)}")
    return where


def _equalities(query: TaskFilter, where: Where) -> None:
    _one_of("status", query.status, where)
    _one_of("priority", query.priority, where)
    if query.assigned_user is not None:
        where.add("t.assignee_ids @> ARRAY[?::bigint]", query.assigned_user)
    for name in ("created_by", "project_id", "parent_id"):
        value = getattr(query, name)
        if value is not None:
            where.add(f"t.{name} = ?::bigint", value)
    if query.label:
        where.add("t.labels && ?::text[]", query.label)


def _one_of(name: Literal["status", "priority"], values: Sequence[str], where: Where) -> None:
    """One value is compared by itself, so that the index on both columns keeps the order of the page."""
    if len(values) == 1:
        where.add(f"t.{name} = ?::task_{name}", values[0])
    elif values:
        where.add(f"t.{name} = ANY(?::task_{name}[])", values)


def _words(q: str, where: Where) -> str:
    """The words of `q`, each as the beginning of a word, as a tsquery expression."""
    words = re.findall(r"[^\W_]+", q)[:MAX_WORDS]
    if not words:
        raise Unprocessable.at("/q", "needs at least one letter or digit")
    terms = " & ".join(f"'{word}':*" for word in words)
    return f"to_tsquery('simple', {where.arg(terms)}::text)"
