"""What happens, while it happens: the WebSocket of a server, resumed where it broke off."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

from deploy.remote import shown, words
from deploy.remote.server import Body, Refused, Server

ENDED = 4401  # the token's or the session's time is over
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0  # seconds
PEOPLE_KNOWN = 1000
# The exit code, at once: KeyboardInterrupt could fall between taking one of the socket's locks and giving it back, and
# closing would wait for it forever. All that was printed has left by then.
INTERRUPTED = 130


def watch(server: Server, reference: str | None, json_wanted: bool) -> None:
    """Prints each event until it is interrupted; only those of one task when it is named."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    only = words.task(server, reference)["id"] if reference else None
    names = words.names(server, set(range(1, PEOPLE_KNOWN)))
    out = shown.console()
    for event in events(server):
        if only is not None and event["task"]["id"] != only:
            continue
        if json_wanted:
            print(json.dumps(event, ensure_ascii=False), flush=True)
        else:
            out.print(shown.frame(event, names), soft_wrap=True)


def events(server: Server) -> Iterator[Body]:
    """Every event that this person may see, each once. Ends when the session does."""
    cursor, pause, refused = None, FIRST_PAUSE, False
    while True:
        try:
            for event in connected(server, cursor):
                cursor, pause, refused = event["cursor"], FIRST_PAUSE, False
                if event["type"] == "task_update":
                    yield event
        except ConnectionClosed as closed:
            if closed.code == ENDED:
                if refused:
                    raise Refused("Your session is over: run `taskwire login`.") from None
                refused = True
                server.get("/api/users/me")  # renews the token when that is all that ended
                continue
        except (OSError, WebSocketException, TimeoutError):
            pass
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def connected(server: Server, cursor: str | None) -> Iterator[Body]:
    """The frames of one connection that carry a cursor, `ready` among them."""
    address = server.address.replace("http", "ws", 1) + "/ws/tasks/"
    with connect(address, open_timeout=10, close_timeout=1) as socket:
        hello = {"type": "auth", "token": server.access} | ({"cursor": cursor} if cursor else {})
        socket.send(json.dumps(hello))
        for message in socket:
            frame = json.loads(message)
            if frame["type"] == "ready" and cursor is not None:
                continue  # what was missed follows; only its frames move the cursor on
            if "cursor" in frame:
                cursor = frame["cursor"]
                yield frame
            elif frame["type"] == "reset":
                cursor = None
