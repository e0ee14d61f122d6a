"""What Schemathesis is told about us: `positive_data_acceptance`, but for the refusals that no schema can foretell."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.system.refusals import are_expected


@schemathesis.check
def well_formed_requests_are_taken(ctx: Any, response: Any, case: Any) -> bool | None:
    if response.status_code in (412, 414, 422):
        operation_id = case.operation.definition.raw["operationId"]
        if are_expected(operation_id, response.json()):
            return None
    found: bool | None = positive_data_acceptance(ctx, response, case)
    return found
