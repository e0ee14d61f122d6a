"""How a listener begins, on whatever wire: `ready`, then what it has missed since its cursor, then what happens."""

from starlette.websockets import WebSocketDisconnect

from notifications_service.stream import log as stream
from notifications_service.stream.connection import Connection
from notifications_service.stream.errors import CursorTooOld, SocketRefused
from notifications_service.stream.hub import Hub
from notifications_service.stream.log import Frame, Position
from shared.database import UNAVAILABLE, Session
from shared.logging import get_logger

log = get_logger(__name__)

PAGE = 200

AWAY = SocketRefused(1013, "away for the moment: connect again with your last cursor")
BROKEN = SocketRefused(1011, "something went wrong on our side")
RESET = Frame.told('{"type":"reset"}')


async def send_all(connection: Connection, hub: Hub, session: Session, cursor: str | None) -> None:
    """Sends until the connection is live and up to date. When it ends, the receiving side hears of it."""
    try:
        await _join(connection, hub, session, cursor)
        await connection.send_queued()
    except WebSocketDisconnect:
        return
    except SocketRefused as refusal:
        connection.close(refusal)
    except UNAVAILABLE as error:
        log.warning("listener closed: database unavailable", error=repr(error))
        connection.close(AWAY)
    except Exception:
        log.exception("listener failed")
        connection.close(BROKEN)


async def _join(connection: Connection, hub: Hub, session: Session, cursor: str | None) -> None:
    """On return the connection is live."""
    if cursor is not None:
        try:
            await _resume(connection, hub, session, cursor)
            return
        except CursorTooOld:
            await connection.send(RESET)
    await hub.until_current()
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
        await connection.send(frame)


def _ready(position: Position) -> Frame:
    return Frame.told(f'{{"type":"ready","cursor":"{position}"}}')
