"""What Schemathesis is told about us: refusals of well-formed requests that no schema can foretell."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

# By the code of the problem, or by the parameter or field that it points at.
BY_NATURE = {
    "version_conflict": "which ETag is current only the row knows",
    "idempotency_key_reused": "whether a key was used for another request only its table knows",
    "uri_too_long": "each parameter has its bound, and the gateway one for all together",
    "invalid_link": "a mailed token is good once",
    "wrong_password": "the present password is asked for",
    "id": "see BOUNDS",
    "/cursor": "a cursor is made by the list that it continues",
    "/after": "a cursor is made by the stream that it continues",
    "/token": "made by the operation that it is sent back to",
    "/before": "a neighbour is a task in the same column",
    "/into": "a label that is there",
    "/confirm": "has to be true when everything that matches is deleted",
    "/filter": "a language of its own",
    "/recurrence": "a language of its own (RRULE)",
    "/email": "an address, as people write it",
    "/timezone": "a name of the IANA database",
    "/locale": "a language tag",
    "/url": "an address that hooks may be sent to",
    "/expires_at": "a moment to come",
    "/started_at": "may not overlap with another entry",
    "/project_id": "a project that you see",
    "/new_password": "no common password",
    "/format": "told by the file's name where it is not given",
}
BOUNDS = {"Input should be greater than or equal to 1", "Input should be less than or equal to 9223372036854775807"}
"""Of ids, declared as they are: beside a maximum of 2**63 - 1 Schemathesis takes 0 and 2**63 for valid."""


@schemathesis.check
def well_formed_requests_are_taken(ctx: Any, response: Any, case: Any) -> bool | None:
    """`positive_data_acceptance`, but for the refusals in the table."""
    if response.status_code in (412, 414, 422) and _why(response.json()) & BY_NATURE.keys():
        return None
    found: bool | None = positive_data_acceptance(ctx, response, case)
    return found


def _why(problem: dict[str, Any]) -> set[str]:
    errors = problem.get("errors", ())
    return {problem["code"], *("id" if error["message"] in BOUNDS else error["pointer"] for error in errors)}
