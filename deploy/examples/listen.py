"""Listens to live updates and never misses one: an example to start from.

    $ TOKEN=... python listen.py http://localhost:8000

It needs the `websockets` package and nothing else. The cursor of the last frame is kept in a file, so that the listener
goes on where it stopped, also after it was killed.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

ENDED = 4401  # the token or the session is over: get a new token first
LONGEST_PAUSE = 15.0  # seconds


def listen(server: str, token: str, kept: Path) -> Generator[dict[str, Any]]:
    """Each event that the token's owner may see, once, in order per task. What happened while nobody listened comes
    first, for up to seven days. The cursor is kept when the caller comes back for the next event, so an event is only
    left behind once it has been dealt with."""
    address = server.rstrip("/").replace("http", "ws", 1) + "/ws/tasks/"
    pause = 0.5
    while True:
        try:
            with connect(address) as socket:
                cursor = kept.read_text() if kept.exists() else None
                socket.send(json.dumps({"type": "auth", "token": token} | ({"cursor": cursor} if cursor else {})))
                for message in socket:
                    frame = json.loads(message)
                    pause = 0.5
                    if frame["type"] == "reset":  # away for too long: everything has to be fetched anew
                        kept.unlink(missing_ok=True)
                        yield frame
                    elif frame["type"] == "ready" and not kept.exists():
                        kept.write_text(frame["cursor"])
                    elif frame["type"] == "task_update":
                        yield frame
                        kept.write_text(frame["cursor"])
        except ConnectionClosed as closed:
            if closed.code == ENDED:
                raise
        except (OSError, WebSocketException):
            pass
        time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
        pause = min(pause * 2, LONGEST_PAUSE)


def main() -> None:
    server = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    for event in listen(server, os.environ["TOKEN"], Path("cursor")):
        if event["type"] == "reset":
            print("away for too long: read GET /api/tasks again")
        else:
            print(event["occurred_at"], event["action"], event["task"]["id"], event["task"]["title"])


if __name__ == "__main__":
    main()
