"""From the parameters of a list to the conditions that its rows must satisfy, on all of its pages."""

from collections.abc import Sequence
from typing import Literal

from shared.auth import Principal
from tasks_service.policies import mine
from tasks_service.tasks import language, terms
from tasks_service.tasks.conditions import OPEN, Where, day_condition, has_words
from tasks_service.tasks.list_schemas import TaskFilter
from tasks_service.tasks.moments import Reader
from tasks_service.tasks.sorting import words

DUE_DATES = {
    "due_date": "=",
    "due_date_gte": ">=",
    "due_date_gt": ">",
    "due_date_lte": "<=",
    "due_date_lt": "<",
}


def conditions(query: TaskFilter, principal: Principal, reader: Reader | None = None) -> Where:
    """`reader` is needed for a query with `filter`."""
    where = Where([f"t.deleted_at IS {'NOT ' if query.trashed else ''}NULL"])
    if not principal.is_admin:
        where.sight = mine(where.arg(principal.id))
    _equalities(query, where)
    _times(query, where)
    if query.q is not None:
        where.conditions.append(has_words(words(query.q, where)))
    if query.filter is not None:
        assert reader is not None
        where.conditions.append(terms.condition(language.parse(query.filter), terms.Scope(where, reader)))
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
        where.add("t.labels && ?::text[] AND t.labels <> '{}'", query.label)


def _one_of(name: Literal["status", "priority"], values: Sequence[str], where: Where) -> None:
    """One value is compared by itself, so that the index on both columns keeps the order of the page."""
    if len(values) == 1:
        where.add(f"t.{name} = ?::task_{name}", values[0])
    elif values:
        where.add(f"t.{name} = ANY(?::task_{name}[])", values)


def _times(query: TaskFilter, where: Where) -> None:
    for name, sign in DUE_DATES.items():
        day = getattr(query, name)
        if day is not None:
            where.conditions.append(day_condition(sign, where.arg(day)))
    if query.overdue is not None:
        late = f"({day_condition('<', 'current_date')} AND {OPEN})"
        where.conditions.append(late if query.overdue else f"{late} IS NOT TRUE")
    if query.updated_since is not None:
        where.add("t.updated_at >= ?::timestamptz", query.updated_since)
