"""Metrics of one application, in a registry of its own: three applications may share a process."""

import asyncio
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from shared import health
from shared.database import UNAVAILABLE, Session

# What is counted where a service has that part; the outbox no further than an alert needs.
WAITING = {
    "relay": "SELECT count(*) FROM (SELECT FROM events WHERE published_at IS NULL LIMIT 100000) waiting",
    "consumer": "SELECT count(*) FROM dead_letters",
}
PATIENCE = 2.0  # seconds
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """`route` labels are path templates, never raw paths, so their number is bounded."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests_total", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "http_request_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=self.registry
        )
        self.sockets = Gauge("websocket_connections", "Live WebSocket connections", registry=self.registry)
        self.parts = Gauge("part_up", "Whether a part of the service is well", ["part"], registry=self.registry)
        self.waiting = {
            "relay": Gauge("outbox_events", "Events that are not on the bus yet", registry=self.registry),
            "consumer": Gauge("dead_letters", "Messages that could not be handled", registry=self.registry),
        }
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        key = (method, route, status)
        children = self._children.get(key)
        if children is None:
            children = self.requests.labels(method, route, status), self.seconds.labels(route)
            self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)


async def show_metrics(request: Request) -> Response:
    metrics: Metrics = request.app.state.metrics
    await _look_behind(metrics, request.app.state)
    return Response(generate_latest(metrics.registry), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _look_behind(metrics: Metrics, state: Any) -> None:
    """What stands behind every process of a service alike: its database, its worker, and what waits for that."""
    session: Session = state.database.session()
    checks = await health.database_checks(session, state.expected_beats)
    for part in ("database", *state.expected_beats):
        metrics.parts.labels(part).set(checks.get(part) in health.WELL)
    if checks["database"] == "ok":
        for part in set(state.expected_beats) & WAITING.keys():
            try:
                metrics.waiting[part].set(await asyncio.wait_for(session.fetchval(WAITING[part]), PATIENCE))
            except UNAVAILABLE:
                continue
