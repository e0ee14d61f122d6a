"""What the terms of the filter language mean: from its tree to a condition on `tasks t`, every value a parameter.

A term about something that a task has not got does not hold (`due<today` without a due date), except `is empty`; `not`
and `!=` turn that round, so every task matches either a filter or its negation.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from shared.text import ID_MAX
from tasks_service.tasks import language, queries
from tasks_service.tasks.conditions import Where, day_condition, has_words, words_to_find
from tasks_service.tasks.inputs import Priority, Status, any_case
from tasks_service.tasks.language import Term, Token, Tree, wrong
from tasks_service.tasks.moments import RELATIVE, Reader, day_of, midnight, moment_of


@dataclass(slots=True, frozen=True)
class Scope:
    """Where the values go, and who reads the list."""

    where: Where
    reader: Reader

    def text(self, value: Token) -> str:
        return f"{self.where.arg(value.text)}::text"


Meaning = Callable[[Scope, str, Token], str]


@dataclass(slots=True, frozen=True)
class Field:
    """The signs that it takes (`!=`, `!~` and `not in` are the negation of theirs), when it is empty, what it means."""

    signs: tuple[str, ...]
    empty: str | None
    meaning: Meaning


def condition(tree: Tree, scope: Scope) -> str:
    if isinstance(tree, language.Not):
        return f"({condition(tree.of, scope)}) IS NOT TRUE"
    if isinstance(tree, Term):
        return _term(tree, scope)
    word = " AND " if isinstance(tree, language.All) else " OR "
    return f"({word.join(condition(part, scope) for part in tree.of)})"


def _term(term: Term, scope: Scope) -> str:
    name = term.field.text.lower()
    prefix, _, key = name.partition(".")
    field = _custom(key) if prefix in CUSTOM and CUSTOM_KEY.fullmatch(key) else FIELDS.get(ALIASES.get(name, name))
    if field is None:
        raise wrong(
            term.field.at, f"there is no field {term.field.text!r}; there are {', '.join(FIELDS)}, custom.<key>"
        )
    if term.sign == "empty":
        if field.empty is None:
            raise wrong(term.field.at, f"{name} is never empty")
        return field.empty
    if term.sign not in field.signs:
        raise wrong(term.field.at, f"{name} does not take {term.sign!r}, only {' '.join(field.signs)}")
    sign = "=" if term.sign == "in" else term.sign
    return "(" + " OR ".join(field.meaning(scope, sign, value) for value in term.values) + ")"


def _one_of(column: str, kind: str, choices: tuple[str, ...]) -> Meaning:
    def compare(scope: Scope, sign: str, value: Token) -> str:
        word = any_case(value.text)
        if word not in choices:
            raise wrong(value.at, f"{value.text!r} is none of {', '.join(choices)}")
        return f"{column} {sign} {scope.where.arg(word)}::{kind}"

    return compare


def _number(column: str) -> Meaning:
    def compare(scope: Scope, sign: str, value: Token) -> str:
        return f"{column} {sign} {scope.where.arg(_whole(value))}::bigint"

    return compare


def _whole(value: Token) -> int:
    if not (value.text.isascii() and value.text.isdecimal() and len(value.text) < 20 and int(value.text) <= ID_MAX):
        raise wrong(value.at, f"{value.text!r} is no whole number")
    return int(value.text)


def _due(scope: Scope, sign: str, value: Token) -> str:
    return day_condition(sign, scope.where.arg(day_of(value, scope.reader)))


def _overdue(scope: Scope, sign: str, value: Token) -> str:
    if value.text.lower() not in ("true", "false"):
        raise wrong(value.at, "overdue is true or false")
    late = f"{day_condition('<', scope.where.arg(scope.reader.today))} AND t.status IN ('todo', 'in_progress')"
    return f"({late}) IS {'' if value.text.lower() == 'true' else 'NOT '}TRUE"


def _moment(column: str) -> Meaning:
    """A day stands for all of it: after a day is from its end on."""

    def compare(scope: Scope, sign: str, value: Token) -> str:
        moment = moment_of(value, scope.reader)
        if moment is not None:
            return f"{column} {sign} {scope.where.arg(moment)}::timestamptz"
        if sign == "=":
            return f"({column} >= {_midnight(scope, value, 0)} AND {column} < {_midnight(scope, value, 1)})"
        edge = _midnight(scope, value, 1 if sign in ("<=", ">") else 0)
        return f"{column} {'<' if sign in ('<', '<=') else '>='} {edge}"

    return compare


def _midnight(scope: Scope, value: Token, later: int) -> str:
    return f"{scope.where.arg(midnight(value, scope.reader, later))}::timestamptz"


def _assignee(scope: Scope, sign: str, value: Token) -> str:
    return f"t.assignee_ids @> ARRAY[{_person(scope, value)}]"


def _creator(scope: Scope, sign: str, value: Token) -> str:
    return f"t.created_by = {_person(scope, value)}"


def _person(scope: Scope, value: Token) -> str:
    """`me`, an id or a username; a name that nobody has is nobody."""
    if value.is_keyword("me"):
        return f"{scope.where.arg(scope.reader.id)}::bigint"
    if value.kind == "word" and value.text.isdecimal():
        return f"{scope.where.arg(_whole(value))}::bigint"
    return queries.PERSON.format(username=scope.text(value))


def _label(scope: Scope, sign: str, value: Token) -> str:
    return f"(t.labels @> ARRAY[{scope.text(value)}] AND t.labels <> '{{}}')"


def _words(where: str, weights: str = "") -> Meaning:
    """Words or their beginnings, in the parts of a task that have these weights."""

    def compare(scope: Scope, sign: str, value: Token) -> str:
        words = words_to_find(value.text, weights)
        if words is None:
            raise wrong(value.at, "needs at least one letter or digit")
        return where.format(words=f"to_tsquery('simple', {scope.where.arg(words)}::text)")

    return compare


def _key(scope: Scope, sign: str, value: Token) -> str:
    return f"t.key = upper({scope.text(value)})"


def _title(scope: Scope, sign: str, value: Token) -> str:
    return (
        _words(queries.IN_TASK, "A")(scope, sign, value)
        if sign == "~"
        else f"lower(t.title) = lower({scope.text(value)})"
    )


def _project(scope: Scope, sign: str, value: Token) -> str:
    """An id or a key."""
    if value.text.isdecimal():
        return f"t.project_id = {scope.where.arg(_whole(value))}::bigint"
    return f"t.project_id = {queries.PROJECT.format(key=scope.text(value))}"


def _column(scope: Scope, sign: str, value: Token) -> str:
    """One of a project's own statuses: its id or its name."""
    if value.text.isdecimal():
        return f"t.status_id = {scope.where.arg(_whole(value))}::bigint"
    return f"t.status_id IN {queries.COLUMNS_NAMED.format(name=scope.text(value))}"


def _custom(key: str) -> Field:
    """A custom field. Values that look like numbers compare with numbers and with text; dates are text that sorts by
    time; `~` finds a part of a text."""
    held = f"t.custom_fields -> '{key}'"

    def compare(scope: Scope, sign: str, value: Token) -> str:
        if sign == "~":
            return f"position(lower({scope.text(value)}) IN lower(t.custom_fields ->> '{key}')) > 0"
        text, number = _custom_value(scope, value)
        if sign == "=":
            either = [one for one in (text, number) if one is not None]
            found = " OR ".join(f"t.custom_fields @> {scope.where.arg({key: one})}::jsonb" for one in either)
            return f"(t.custom_fields <> '{{}}' AND ({found}))"
        kind, wanted = ("string", text) if number is None else ("number", number)
        return f"(jsonb_typeof({held}) = '{kind}' AND {held} {sign} {scope.where.arg(wanted)}::jsonb)"

    return Field((*ORDERED, "~"), f"coalesce({held}, 'null') = 'null'", compare)


def _custom_value(scope: Scope, value: Token) -> tuple[str, int | float | None]:
    """As text, and as a number where it is one. `today+7d` is the date it stands for, `me` the reader's id."""
    if value.is_keyword("me"):
        return value.text, scope.reader.id
    if value.kind == "word" and NUMBER.fullmatch(value.text):
        return value.text, float(value.text) if "." in value.text else int(value.text)
    if value.kind == "word" and RELATIVE.fullmatch(value.text.lower()):
        return day_of(value, scope.reader).isoformat(), None
    return value.text, None


CUSTOM = ("custom", "custom_fields")
CUSTOM_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
EQUAL, ORDERED = ("=", "in"), ("=", "in", "<", "<=", ">", ">=")
FIELDS = {
    "id": Field(ORDERED, None, _number("t.id")),
    "key": Field(EQUAL, "t.key IS NULL", _key),
    "title": Field(("=", "in", "~"), None, _title),
    "description": Field(("~",), "t.description = ''", _words(queries.IN_TASK, "B")),
    "text": Field(("~",), None, _words(has_words("{words}"))),
    "comment": Field(("~",), None, _words(queries.IN_COMMENT)),
    "status": Field(EQUAL, None, _one_of("t.status", "task_status", get_args(Status))),
    "column": Field(EQUAL, "t.status_id IS NULL", _column),
    "priority": Field(ORDERED, None, _one_of("t.priority", "task_priority", get_args(Priority))),
    "due": Field(ORDERED, "t.due_date IS NULL", _due),
    "overdue": Field(("=",), None, _overdue),
    "assignee": Field(EQUAL, "t.assignee_ids = '{}'", _assignee),
    "created_by": Field(EQUAL, None, _creator),
    "label": Field(EQUAL, "t.labels = '{}'", _label),
    "project": Field(EQUAL, "t.project_id IS NULL", _project),
    "parent": Field(EQUAL, "t.parent_id IS NULL", _number("t.parent_id")),
    "estimate": Field(ORDERED, "t.estimate_minutes IS NULL", _number("t.estimate_minutes")),
    "created": Field(ORDERED, None, _moment("t.created_at")),
    "updated": Field(ORDERED, None, _moment("t.updated_at")),
    "completed": Field(ORDERED, "t.completed_at IS NULL", _moment("t.completed_at")),
}
ALIASES = {
    "due_date": "due",
    "status_id": "column",
    **dict.fromkeys(("assignees", "assignee_ids", "assigned_user", "assigned_to"), "assignee"),
    "creator": "created_by",
    "labels": "label",
    "project_id": "project",
    "parent_id": "parent",
    "estimate_minutes": "estimate",
    "created_at": "created",
    "updated_at": "updated",
    "completed_at": "completed",
}
