"""One OpenAPI 3.1 document of the three services, as the gateway shows them."""

from __future__ import annotations

import importlib
import json
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy import asyncapi
from deploy.folder import new_signing_key
from deploy.options import SERVICES
from deploy.tags import TAGS

Document = dict[str, Any]
KEY = "openapi.key"  # the file that names the sources of the documents beside it
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
DESCRIPTION = """Tasks, notifications and live updates over three services behind one gateway.

Sign in with *Authorize* (or `POST /api/auth/login`) and send `Authorization: Bearer <token>`. Lists are walked with
`cursor`; errors are `application/problem+json`; `Idempotency-Key` makes a POST safe to repeat; `ETag` with `If-Match`
keeps two writers apart. Live updates come over the WebSocket `/ws/tasks/`: [Live updates and events](/docs/live)
explains its frames and lets you try it."""

TOKENS = """An access token of `POST /api/auth/login`, or a personal access token of `POST /api/auth/tokens`. Each
operation says which scopes a personal access token needs; `tasks:write` does not include reading, `tasks:*` is both."""


def merge(documents: Mapping[str, Document]) -> Document:
    """Merges documents by service name. Raises ValueError for a path or an operation id that two services claim."""
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Taskwire", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": security_schemes()},
    }
    for service, document in documents.items():
        _add(merged, service, document)
    _require_unique_operation_ids(merged)
    merged["tags"] = _in_reading_order(merged)
    return merged


def security_schemes() -> Document:
    flow = {"tokenUrl": "/api/auth/token", "refreshUrl": "/api/auth/refresh", "scopes": {}}
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": TOKENS},
        "password": {"type": "oauth2", "flows": {"password": flow}},
    }


def _add(merged: Document, service: str, document: Document) -> None:
    schemas = merged["components"]["schemas"]
    own = document.get("components", {}).get("schemas", {})
    names = {
        name: _free_name(schemas, service, name) for name, schema in own.items() if schemas.get(name, schema) != schema
    }
    document = _renamed(
        document, {f"#/components/schemas/{old}": f"#/components/schemas/{new}" for old, new in names.items()}
    )
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        # Generated clients name their classes by the title.
        schemas[names.get(name, name)] = {**schema, "title": names[name]} if name in names else schema
    for path, item in document.get("paths", {}).items():
        if path in merged["paths"]:
            raise ValueError(f"{path} is claimed by {service} and by another service")
        merged["paths"][path] = item


def _free_name(schemas: Document, service: str, name: str) -> str:
    wanted = service.removesuffix("s").capitalize() + name
    while wanted in schemas:
        wanted += "_"
    return wanted


def _renamed(part: Any, references: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _renamed(value, references) for key, value in part.items()}
    if isinstance(part, list):
        return [_renamed(value, references) for value in part]
    return references.get(part, part) if isinstance(part, str) else part


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    """Each operation with its `METHOD path`."""
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def _require_unique_operation_ids(document: Document) -> None:
    seen: dict[str, str] = {}
    for place, operation in operations(document):
        name = operation.get("operationId", place)
        if name in seen:
            raise ValueError(f"operation id {name} of {place} is that of {seen[name]} already")
        seen[name] = place


def _in_reading_order(document: Document) -> list[Document]:
    """The tags in use: those of the table first and in its order, then others."""
    used = dict.fromkeys(tag for _, operation in operations(document) for tag in operation.get("tags", ()))
    known = [{"name": name, "description": told} for name, told in TAGS.items() if name in used]
    return known + [{"name": name} for name in used if name not in TAGS]


def describe_services() -> dict[str, Document]:
    """The documents of the installed services. They are built, not started: nothing has to run."""
    from shared.bus.memory import MemoryBus

    given = {"database_url": "postgresql://nobody@127.0.0.1/none", "signing_key": new_signing_key()}
    given["secrets_key"] = secrets.token_hex(32)
    documents = {}
    for service in SERVICES:
        settings = importlib.import_module(f"{service}_service.settings").Settings(**given)
        main = importlib.import_module(f"{service}_service.main")
        documents[service] = main.create_app(settings, MemoryBus()).openapi()
    return documents


def write(document: Document, path: Path) -> None:
    """Writes the document at once, so that the gateway never serves half of it."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")
    draft.replace(path)


def is_written(folder: Path) -> bool:
    """Whether `openapi.json` and `asyncapi.json` were made from these very sources."""
    made_from = folder / KEY
    return made_from.exists() and made_from.read_text() == _sources_key() and (folder / "openapi.json").exists()


def write_if_changed(describe: Callable[[], Mapping[str, Document]], folder: Path) -> None:
    """Writes `openapi.json` and `asyncapi.json`, unless they are there: describing takes a noticeable moment."""
    if is_written(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    write(merge(describe()), folder / "openapi.json")
    write(asyncapi.describe(), folder / "asyncapi.json")
    (folder / KEY).write_text(_sources_key())


def _sources_key() -> str:
    root = Path(__file__).resolve().parent.parent
    packages = ["shared", "deploy", *(f"{service}_service" for service in SERVICES)]
    files = [path for package in packages for path in (root / package).rglob("*.py")]
    return f"{root} {len(files)} {max(path.stat().st_mtime_ns for path in files)}"


if __name__ == "__main__":
    write_if_changed(describe_services, Path(sys.argv[1]))
