"""What Schemathesis is told about us: `positive_data_acceptance`, but for the refusals that no schema can foretell."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.system.refusals import are_expected


def has_a_fraction(case: Any) -> bool:
    """JSON Schema takes 1.0 for a whole number. Written into an address it is none."""
    return any(
        isinstance(value, float) for part in (case.path_parameters, case.query) for value in (part or {}).values()
    )


@schemathesis.check
def well_formed_requests_are_taken(ctx: Any, response: Any, case: Any) -> bool | None:
    if response.status_code in (412, 414, 422):
        operation_id = case.operation.definition.raw["operationId"]
        if are_expected(operation_id, response.json()) or has_a_fraction(case):
            return None
    found: bool | None = positive_data_acceptance(ctx, response, case)
    return found
