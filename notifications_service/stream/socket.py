"""A socket from its handshake to its end.

The client says who it is in its first frame, never in the address. `ready` follows, then what it has missed since its
cursor, then what happens. Later frames of the client narrow what it gets and say what it looks at.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from notifications_service.presence.service import Presence
from notifications_service.stream.commands import obey
from notifications_service.stream.connection import Connection
from notifications_service.stream.errors import OriginRefused, SocketRefused
from notifications_service.stream.hub import Hub
from notifications_service.stream.joining import send_all
from notifications_service.stream.log import Frame
from notifications_service.stream.schemas import Hello
from shared.auth import HttpVerifier, Principal
from shared.errors import Unauthenticated, Unavailable
from shared.problems import problem_response
from shared.protocols import WRITE

HELLO_TIMEOUT = 10.0  # seconds from the handshake to the first frame
MAX_HELLO = 8 * 1024  # characters
MAX_FRAME = 4 * 1024  # characters of a later frame
MAX_FRAMES, WINDOW = 100, 10.0  # so many later frames in so many seconds
SCOPE = "tasks:read"

TOO_LARGE = SocketRefused(1009, "this frame is too large")
TOO_MANY = SocketRefused(1008, "too many frames")


async def live_updates(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application at /ws/tasks."""
    websocket = WebSocket(scope, receive, send)
    if not is_welcome(websocket, websocket.app.state.settings.allowed_origins):
        websocket.app.state.trail.note(f"refused.{OriginRefused.code}", target="GET /ws/tasks")
        await websocket.send_denial_response(problem_response(OriginRefused(), websocket.url.path))
        return
    await websocket.accept()
    scope["headers"].clear()  # most sockets are idle, and need them no more
    with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
        try:
            await _converse(websocket)
        except SocketRefused as refusal:
            if refusal.code in (4401, 4403):
                websocket.app.state.trail.note("refused.socket", target="GET /ws/tasks", reason=refusal.reason)
            await websocket.close(refusal.code, refusal.reason)


def is_welcome(connection: HTTPConnection, allowed: frozenset[str]) -> bool:
    """Whether the page that opens the socket is one of ours. What is no browser sends no Origin."""
    origin = connection.headers.get("origin")
    if origin is None or origin.lower() in allowed:
        return True
    try:
        parts = urlsplit(origin.lower())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == connection.headers.get("host", "").lower()


async def _converse(websocket: WebSocket) -> None:
    state = websocket.app.state
    hello = await _hello(websocket)
    principal = await _authenticate(state.verifier, hello.token)
    hub: Hub = state.hub
    connection = Connection(SocketWire(websocket), principal)
    connection.rules = hello.subscriptions
    with hub.admitted(connection):
        # Had the session ended just before it was admitted, nobody would have told us: so once more, from the cache.
        await _authenticate(state.verifier, hello.token)
        connection.start(send_all(connection, hub, state.database.session(), hello.cursor))
        del hello  # no idle socket keeps its token
        try:
            await _receive_all(websocket, connection, state.presence)
        finally:
            state.presence.left(connection)


async def _hello(websocket: WebSocket) -> Hello:
    try:
        async with asyncio.timeout(HELLO_TIMEOUT):
            message = await websocket.receive()
    except TimeoutError:
        raise SocketRefused(4401, "the first frame did not come in time") from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    text = message.get("text")
    if text is None or len(text) > MAX_HELLO:
        raise SocketRefused(4400, "the first frame must be a short text")
    try:
        return Hello.model_validate_json(text)
    except ValidationError:
        raise SocketRefused(4400, 'the first frame must be {"type":"auth","token":"...","cursor":"..."?}') from None


async def _authenticate(verifier: HttpVerifier, token: str) -> Principal:
    try:
        principal = await verifier.verify_token(token)
    except Unauthenticated:
        raise SocketRefused(4401, "this token is not good (any more)") from None
    except Unavailable:
        raise SocketRefused(1013, "your token cannot be verified at the moment: connect again soon") from None
    if not principal.may(SCOPE):
        raise SocketRefused(4403, f"this access token lacks the scope {SCOPE}")
    return principal


async def _receive_all(websocket: WebSocket, connection: Connection, presence: Presence) -> None:
    """Returns when the socket has ended."""
    began, frames = time.monotonic(), 0
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        now = time.monotonic()
        if now - began > WINDOW:
            began, frames = now, 0
        frames += 1
        text = message.get("text")
        if len(text or message.get("bytes") or "") > MAX_FRAME:
            connection.close(TOO_LARGE)
        elif frames > MAX_FRAMES:
            connection.close(TOO_MANY)
        elif text:
            obey(text, connection, presence)


class SocketWire:
    __slots__ = ("_websocket", "_write")

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._write: Callable[[bytes], bool] = websocket.scope["extensions"][WRITE]

    def write(self, frame: Frame) -> bool:
        return self._write(frame.wire)

    async def send(self, frame: Frame) -> None:
        await self._websocket.send_text(frame.text)

    async def close(self, refusal: SocketRefused) -> None:
        await self._websocket.close(refusal.code, refusal.reason)
