"""The order of a list, and the place in it where a page begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from shared.errors import Unprocessable
from shared.pagination import Cursor
from tasks_service.tasks import queries
from tasks_service.tasks.conditions import Where, words_to_find
from tasks_service.tasks.list_schemas import TaskFilter


@dataclass(slots=True, frozen=True)
class Order:
    """A sort: its SQL expression and type, and how to read such a value, as PostgreSQL wrote it, from a cursor."""

    key: str
    type: str
    descending: bool
    parse: Callable[[Any], Any]

    @property
    def direction(self) -> str:
        return "DESC" if self.descending else "ASC"

    def sql(self) -> str:
        return f"{self.key} {self.direction}, t.id {self.direction}"

    def after(self, where: Where, cursor: Cursor) -> None:
        """Begins after what earlier pages showed."""
        sign = "<" if self.descending else ">"
        where.begin = where.filled(f"({self.key}, t.id) {sign} (?::{self.type}, ?::bigint)", cursor.value, cursor.id)


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
        return Order(queries.RANK.format(words=words(query.q, where)), "float8", True, _number)
    sort = query.sort or "-created_at"
    name, descending = sort.lstrip("-"), sort.startswith("-")
    if name == "due_date":
        edge = "'-infinity'" if descending else "'infinity'"
        return Order(f"coalesce(t.due_date, {edge}::date)", "date", descending, _day)
    if name.startswith("custom."):
        return _custom(name.removeprefix("custom."), descending)
    kind, parse = {
        "created_at": ("timestamptz", _moment),
        "updated_at": ("timestamptz", _moment),
        "priority": ("task_priority", _priority),
        "position": ("text", _text),
    }[name]
    return Order(f"t.{name}", kind, descending, parse)


def _custom(key: str, descending: bool) -> Order:
    """Numbers by size, then text; tasks without a value come last: JSON objects are above all else, null is below."""
    edge = "'null'" if descending else "'{}'"
    return Order(f"coalesce(t.custom_fields -> '{key}', {edge}::jsonb)", "jsonb", descending, _json)


def _json(value: Any) -> Any:
    found = orjson.loads(_text(value))
    if "\x00" in str(found) or "\\x00" in repr(found):
        raise ValueError(value)
    return found


def words(q: str, where: Where) -> str:
    """The words of `q`, each as the beginning of a word, as a tsquery expression."""
    found = words_to_find(q)
    if found is None:
        raise Unprocessable.at("/q", "needs at least one letter or digit")
    return f"to_tsquery('simple', {where.arg(found)}::text)"
