"""Health: is the process alive, can it serve, is all well behind it, and are the three services well together."""

import asyncio
from typing import Any

import httpx
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.database import UNAVAILABLE, Session
from shared.http import PeerClient
from shared.responses import json_response

STALE = 8.0  # seconds without a heartbeat until a worker counts as gone
PATIENCE = 2.5  # seconds for another service's answer
WELL = ("ok", "standby")

BEATS = "SELECT name, status, extract(epoch FROM now() - beat_at)::float8 AS age FROM heartbeats ORDER BY name"

router = APIRouter(include_in_schema=False)


@router.get("/livez")
async def live() -> Response:
    return json_response({"status": "ok"})


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """Whether requests can be served: the database answers and has our tables. The broker may be away."""
    checks = await database_checks(request.app.state.database.session(), ())
    return _report({"database": checks["database"]})


@router.get("/health")
async def health(request: Request) -> Response:
    """Whether all is well, the worker's loops included."""
    state = request.app.state
    checks = await database_checks(state.database.session(), state.expected_beats)
    checks["bus"] = "ok" if state.bus.connected else "unreachable"
    return _report(checks)


@router.get("/health/system")
async def system_health(request: Request) -> Response:
    """The health of all three services, asked at the same time."""
    peers: dict[str, PeerClient] = request.app.state.peers
    found = await asyncio.gather(*(_ask(peer) for peer in peers.values()))
    services = dict(zip(peers, found, strict=True))
    well = all(service["status"] == "ok" for service in services.values())
    return json_response({"status": "ok" if well else "unwell", "services": services}, status=200 if well else 503)


async def _ask(peer: PeerClient) -> Any:
    try:
        answer = await asyncio.wait_for(peer.get("/health"), PATIENCE)
        return answer.json()
    except (httpx.HTTPError, TimeoutError, ValueError):
        return {"status": "unreachable", "checks": {}}


async def database_checks(session: Session, expected: tuple[str, ...]) -> dict[str, str]:
    """How the database is and, as far as it can say so, the `expected` parts of the worker."""
    try:
        beats = {row["name"]: row for row in await asyncio.wait_for(session.fetch(BEATS), 2)}
    except UNAVAILABLE:
        return {"database": "unreachable"}
    except Exception:
        return {"database": "not migrated"}
    checks = {"database": "ok"}
    for name in expected:
        beat = beats.get(name)
        gone = beat is None or beat["age"] > STALE
        checks[name] = "not running" if beat is None or gone else beat["status"]
    return checks


def _report(checks: dict[str, str]) -> Response:
    well = all(status in WELL for status in checks.values())
    return json_response({"status": "ok" if well else "unwell", "checks": checks}, status=200 if well else 503)
