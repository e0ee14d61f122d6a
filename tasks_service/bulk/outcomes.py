"""What becomes of each task of a bulk request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.errors import FieldError, Problem
from tasks_service.bulk.errors import BulkRefused


@dataclass(slots=True)
class Outcomes:
    """The results in the order of the request: each is a place that is filled with an id and a status, or a refusal."""

    source: str  # what of the request the tasks stand in: "ids", "filter" or "create"
    results: list[dict[str, Any]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    found: int = 0
    done: int = 0

    def succeed(self, task_id: int | None, status: int = 200, *, changed: bool = True) -> dict[str, Any]:
        result = {"id": task_id, "status": status}
        self.results.append(result)
        self.found += 1
        self.done += changed
        return result

    def refuse(self, task_id: int | None, problem: Problem) -> None:
        error: dict[str, Any] = {"code": problem.code, "detail": str(problem)}
        if problem.errors:
            error["errors"] = [{"pointer": e.pointer, "message": e.message} for e in problem.errors]
        self.refused.append(len(self.results))
        self.results.append({"id": task_id, "status": problem.status, "error": error})
        self.found += problem.status != 404

    def require(self, atomic: bool) -> None:
        """Refuses the whole when a part was refused and it is all or none."""
        if atomic and self.refused:
            raise BulkRefused(errors=self._pointers(), results=self.results, matched=self.found, changed=0)

    def _pointers(self) -> Sequence[FieldError]:
        """What was wrong with each; within it, where the request has it."""
        found = []
        for place in self.refused:
            error = self.results[place]["error"]
            within = error.get("errors") if self.source == "create" else None
            listed = within or [{"pointer": "", "message": error["detail"]}]
            found += [FieldError(f"/{self.source}/{place}{one['pointer']}", one["message"]) for one in listed]
        return found

    def told(self) -> dict[str, Any]:
        return {"results": self.results, "matched": self.found, "changed": self.done}
