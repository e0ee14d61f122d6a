"""A socket from its handshake to its end.

The client says who it is in its first frame, never in the address. `ready` follows, then what it has missed since its
cursor, then what happens. Later frames of the client are ignored within reason.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from notifications_service.errors import CursorTooOld, OriginRefused, SocketRefused
from notifications_service.stream import log as stream
from notifications_service.stream.connection import Connection
from notifications_service.stream.hub import SESSION_ENDED, Hub
from notifications_service.stream.log import Position
from notifications_service.stream.schemas import Hello
from shared.auth import HttpVerifier, Principal
from shared.database import UNAVAILABLE, Session
from shared.errors import Unauthenticated, Unavailable
from shared.logging import get_logger
from shared.problems import problem_response

log = get_logger(__name__)

HELLO_TIMEOUT = 10.0  # seconds from the handshake to the first frame
MAX_HELLO = 8 * 1024  # characters
MAX_FRAME = 4 * 1024  # characters of a later frame, which nobody reads
MAX_FRAMES, WINDOW = 100, 10.0  # so many later frames in so many seconds
PAGE = 200
SCOPE = "tasks:read"

AWAY = SocketRefused(1013, "away for the moment: connect again with your last cursor")
BROKEN = SocketRefused(1011, "something went wrong on our side")
TOO_LARGE = SocketRefused(1009, "this frame is too large")
TOO_MANY = SocketRefused(1008, "too many frames")


async def live_updates(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application at /ws/tasks."""
    websocket = WebSocket(scope, receive, send)
    if not is_welcome(websocket, websocket.app.state.settings.allowed_origins):
        await websocket.send_denial_response(problem_response(OriginRefused(), websocket.url.path))
        return
    await websocket.accept()
    with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
        try:
            await _converse(websocket)
        except SocketRefused as refusal:
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
    connection = Connection(websocket, principal)
    with hub.admitted(connection), _ending(connection, principal.expires_at):
        # Had the session ended just before it was admitted, nobody would have told us: so once more, from the cache.
        await _authenticate(state.verifier, hello.token)
        connection.start(_send_all(connection, hub, state.database.session(), hello.cursor))
        del hello  # no idle socket keeps its token
        await _receive_all(websocket, connection)


@contextlib.contextmanager
def _ending(connection: Connection, expires_at: float | None) -> Iterator[None]:
    """Closes the socket at the moment at which its token expires."""
    if expires_at is None:
        yield
        return
    delay = max(0.0, expires_at - time.time())
    timer = asyncio.get_running_loop().call_later(delay, connection.close, SESSION_ENDED)
    try:
        yield
    finally:
        timer.cancel()


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


async def _receive_all(websocket: WebSocket, connection: Connection) -> None:
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
        if len(message.get("text") or message.get("bytes") or "") > MAX_FRAME:
            connection.close(TOO_LARGE)
        elif frames > MAX_FRAMES:
            connection.close(TOO_MANY)


async def _send_all(connection: Connection, hub: Hub, session: Session, cursor: str | None) -> None:
    try:
        await _join(connection, hub, session, cursor)
        await connection.send_queued()
    except WebSocketDisconnect:
        return  # the receiving side hears of it as well
    except SocketRefused as refusal:
        connection.close(refusal)
    except UNAVAILABLE as error:
        log.warning("socket closed: database unavailable", error=repr(error))
        connection.close(AWAY)
    except Exception:
        log.exception("socket failed")
        connection.close(BROKEN)


async def _join(connection: Connection, hub: Hub, session: Session, cursor: str | None) -> None:
    """`ready`, then what was missed; on return the connection is live."""
    if cursor is not None:
        try:
            await _resume(connection, hub, session, cursor)
            return
        except CursorTooOld:
            await connection.send('{"type":"reset"}')
    await connection.send(_ready(hub.join(connection)))


async def _resume(connection: Connection, hub: Hub, session: Session, cursor: str) -> None:
    """Sends what was missed at the client's own speed, then joins, then sends what came in between."""
    after = Position.parse(cursor)
    if after is None:
        raise CursorTooOld
    page = await stream.read(session, connection.principal, after, PAGE)
    await connection.send(_ready(after))
    await _send_page(connection, page)
    while page.more:
        page = await stream.read(session, connection.principal, page.end, PAGE)
        await _send_page(connection, page)
    joined = hub.join(connection, page.end.number)
    while page.end.number < joined.number:
        page = await stream.read(session, connection.principal, page.end, PAGE, joined.number)
        await _send_page(connection, page)


async def _send_page(connection: Connection, page: stream.Page) -> None:
    for frame in page.frames:
        await connection.send(frame.text)


def _ready(position: Position) -> str:
    return f'{{"type":"ready","cursor":"{position}"}}'
