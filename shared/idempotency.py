"""Idempotency-Key on POST: the effect and the answer are committed in one transaction, so a retry replays the answer.

The key belongs to its user. Same key and body within 24 hours: the stored status, headers and body. Another body: 422.
Still running: 409. A request that failed stored nothing and runs again.
"""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from shared.database import Database, Record, Session, again_when_deadlocked
from shared.errors import Conflict, Unauthenticated, Unprocessable

KEPT_HEADERS = ("location", "etag", "content-type")
MAX_KEY_LENGTH = 255

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended($1::bigint || ':' || $2, 0))"
FIND = """
SELECT fingerprint, status, headers, body FROM idempotency_keys
WHERE owner = $1 AND key = $2 AND created_at > now() - make_interval(hours => 24)
"""
STORE = """
INSERT INTO idempotency_keys (owner, key, fingerprint, status, headers, body) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (owner, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
    headers = excluded.headers, body = excluded.body, created_at = now()
"""
PURGE = "DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(hours => 24)"


class InProgress(Conflict):
    code = "idempotency_key_in_progress"
    detail = "The first request with this Idempotency-Key is still running. Try again in a moment."


class KeyReused(Unprocessable):
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key was used for another request. Use a new key for a new request."


async def once(request: Request, content: bytes, handler: Handler) -> Response:
    """The same for a handler that has read the body by itself: `content` tells one body from another."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return await handler(request)
    return await _once(request.app.state.database.session(), request, key, content, handler)


def replaying(handler: Handler) -> Handler:
    """The handler, made safe to retry for clients that send an Idempotency-Key."""

    async def handle(request: Request) -> Response:
        key = request.headers.get("idempotency-key")
        if key is None:
            return await handler(request)
        session = request.app.state.database.session()
        return await again_when_deadlocked(_once)(session, request, key, await request.body(), handler)

    return handle


async def _once(session: Session, request: Request, key: str, content: bytes, handler: Handler) -> Response:
    if not 0 < len(key) <= MAX_KEY_LENGTH or not (key.isascii() and key.isprintable()):
        raise Unprocessable.at("/Idempotency-Key", f"must be 1 to {MAX_KEY_LENGTH} printable ASCII characters")
    fingerprint = _fingerprint(request, content)
    owner = await _owner(request)
    if owner == 0:  # anybody: only who sends the same body shares a key
        key += fingerprint.hex()
    request.scope["session"] = session
    async with session.begin():
        if not await session.fetchval(LOCK, owner, key):
            raise InProgress
        stored = await session.fetchrow(FIND, owner, key)
        if stored is not None:
            return _replay(stored, fingerprint)
        response = await handler(request)
        if response.status_code < 400:
            headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            await session.execute(
                STORE,
                owner,
                key,
                fingerprint,
                response.status_code,
                orjson.dumps(headers).decode(),
                response.body,
            )
        return response


def _fingerprint(request: Request, content: bytes) -> bytes:
    """Tells one request from another. Where bodies hold passwords the service keys it (`state.fingerprint_key`), so
    that what is stored helps nobody to guess them."""
    secret: bytes = getattr(request.app.state, "fingerprint_key", b"")
    fingerprint = hashlib.blake2b(key=secret, digest_size=32)
    fingerprint.update(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    fingerprint.update(content)
    return fingerprint.digest()


async def _owner(request: Request) -> int:
    from shared.dependencies import current_user  # FastAPI: nothing for workers, who only empty the table

    try:
        return (await current_user(request)).id
    except Unauthenticated:
        return 0


def _replay(stored: Record, fingerprint: bytes) -> Response:
    if stored["fingerprint"] != fingerprint:
        raise KeyReused
    headers = {**orjson.loads(stored["headers"]), "Idempotency-Replayed": "true"}
    return Response(stored["body"], stored["status"], headers)


async def purge(database: Database) -> bool:
    """Forgets the answers that are older than a day."""
    await database.session().execute(PURGE)
    return False
