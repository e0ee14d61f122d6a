"""Operations as the merged document describes them, for tests that sweep over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from tests.system.running import RunningSystem

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation; `body` is the JSON Schema of its JSON body, references resolved one level."""

    method: str
    path: str
    public: bool
    parameters: tuple[dict[str, Any], ...]
    body: dict[str, Any] | None

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def at(self, value: object) -> str:
        """The path with every parameter replaced by the value."""
        path = self.path
        for parameter in self.parameters:
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", str(value))
        return path


def read(system: RunningSystem) -> list[Operation]:
    document = httpx.get(f"{system.base}/openapi.json", trust_env=False).json()
    schemas = document["components"]["schemas"]
    found = []
    for path, item in document["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                content = operation.get("requestBody", {}).get("content", {})
                schema = content.get("application/json", {}).get("schema")
                if schema and "$ref" in schema:
                    schema = schemas[schema["$ref"].rpartition("/")[2]]
                parameters = tuple(operation.get("parameters", ()))
                found.append(Operation(method, path, operation.get("security") == [], parameters, schema))
    return found
