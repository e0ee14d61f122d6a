"""Conditions of a statement, and the forms of them for which there are indexes."""

import re
from dataclasses import dataclass, field
from typing import Any

from tasks_service.tasks import queries

MAX_WORDS = 10
OPEN = "t.status IN ('todo', 'in_progress')"


@dataclass(slots=True)
class Where:
    """Conditions that all must hold, and their arguments; `?` in a condition stands for the value. `sight` is the one
    that says what the caller sees, whose id is the first argument then; an administrator has none. `begin` is where
    the page begins."""

    conditions: list[str] = field(default_factory=list)
    args: list[Any] = field(default_factory=list)
    sight: str = ""
    begin: str = "true"

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(self.filled(condition, *values))

    def filled(self, condition: str, *values: Any) -> str:
        for value in values:
            condition = condition.replace("?", self.arg(value), 1)
        return condition

    def arg(self, value: Any) -> str:
        self.args.append(value)
        return f"${len(self.args)}"

    def without_sight(self) -> str:
        return " AND ".join([*self.conditions, self.begin])

    def __str__(self) -> str:
        return f"{self.sight} AND {self.without_sight()}" if self.sight else self.without_sight()

    def passing_over(self) -> str:
        """The same for a walk along an order: CASE hides from the planner how little the caller may see."""
        return f"CASE WHEN {self.sight or 'true'} THEN true ELSE false END AND {self.without_sight()}"


def day_condition(sign: str, day: str) -> str:
    """A condition on the due date. In this form the indexes serve that hold tasks without one last."""
    edge = "'-infinity'" if sign.startswith(">") else "'infinity'"
    return f"(coalesce(t.due_date, {edge}::date) {sign} {day}::date AND t.due_date IS NOT NULL)"


def has_words(words: str) -> str:
    """Whether the task or a comment on it has the words, given as a tsquery."""
    return f"({queries.IN_TASK.format(words=words)} OR {queries.IN_COMMENT.format(words=words)})"


def words_to_find(text: str, weights: str = "") -> str | None:
    """What `to_tsquery` takes for the words of a text, parted as the stored ones are, each as the beginning of a word;
    `weights` are those of the parts of a task to look in. None when there are no words."""
    found = re.findall(r"[^\W_]+", text)[:MAX_WORDS]
    return " & ".join(f"'{word}':*{weights}" for word in found) or None
