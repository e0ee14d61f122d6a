"""A figure: what was measured, the limit beside it, and the goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """At least, or with `is_most` at most, `value`; of the ratio to the limit, or of the figure itself."""

    value: float
    of_ratio: bool = True
    is_most: bool = False

    def __str__(self) -> str:
        return f"{'<=' if self.is_most else '>='} {self.value:g}{' x' if self.of_ratio else ''}"


@dataclass(frozen=True)
class Figure:
    """`limit` is what `beside` reached in the same run, in the same unit."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    beside: str = ""
    goal: Goal | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.limit if self.limit else None

    @property
    def is_met(self) -> bool | None:
        if self.goal is None:
            return None
        reached = self.ratio if self.goal.of_ratio else self.value
        if reached is None:
            return None
        return reached <= self.goal.value if self.goal.is_most else reached >= self.goal.value

    def as_json(self) -> dict[str, object]:
        rounded = {"value": self.value, "limit": self.limit, "ratio": self.ratio}
        told = {name: value if value is None else round(value, 3) for name, value in rounded.items()}
        return {"name": self.name, "unit": self.unit, "beside": self.beside, **told, "met": self.is_met}


def table(figures: Sequence[Figure]) -> str:
    rows: list[tuple[str, ...]] = [("figure", "measured", "", "limit", "ratio", "goal", "met", "limit of")]
    rows += [_row(figure) for figure in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    right = (1, 3, 4)
    lines = [
        "  ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(r, widths, strict=True)))
        for r in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _row(figure: Figure) -> tuple[str, ...]:
    limit = "" if figure.limit is None else _number(figure.limit)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    met = {None: "", True: "yes", False: "no"}[figure.is_met]
    return figure.name, _number(figure.value), figure.unit, limit, ratio, str(figure.goal or ""), met, figure.beside


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
