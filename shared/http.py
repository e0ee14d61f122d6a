"""Calls from one service to another: few, bounded in time, tried at each of its workers before giving up."""

from collections.abc import Mapping
from typing import Any

import httpx

from shared import context

TIMEOUT = httpx.Timeout(2.0, connect=0.5)
LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=4)


class PeerClient:
    """A service known by the base addresses of its workers, separated by commas."""

    def __init__(self, urls: str) -> None:
        self._bases = [url.strip().rstrip("/") for url in urls.split(",") if url.strip()]
        # The authorities of the public web take 2 MB to load, and these addresses are inside as a rule.
        secure = any(base.startswith("https://") for base in self._bases)
        self._client = httpx.AsyncClient(timeout=TIMEOUT, limits=LIMITS, trust_env=False, verify=secure)
        self._next = 0

    async def get(self, path: str, **request: Any) -> httpx.Response:
        return await self._request("GET", path, **request)

    async def post(self, path: str, **request: Any) -> httpx.Response:
        return await self._request("POST", path, **request)

    async def _request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **request: Any
    ) -> httpx.Response:
        """The first answer. Raises httpx.HTTPError when no worker answers. Only for requests that may be repeated."""
        now = context.get()
        sent = {"X-Request-ID": now.request_id, "traceparent": now.traceparent, **(headers or {})}
        if now.address:
            sent["X-Real-IP"] = now.address
        self._next += 1
        last: httpx.HTTPError | None = None
        for i in range(len(self._bases)):
            base = self._bases[(self._next + i) % len(self._bases)]
            try:
                return await self._client.request(method, base + path, headers=sent, **request)
            except (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout) as error:
                last = error
        raise last or httpx.ConnectError("no address")

    async def aclose(self) -> None:
        await self._client.aclose()
