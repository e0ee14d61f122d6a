"""The limit of a fan-out: `broadcast()` of the websockets library, one process, to whoever is connected. Sends a
message of SIZE bytes whenever a line comes in: `python -m tests.benchmarks.broadcaster PORT SIZE`."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

from tests.benchmarks.crowd import AWAITED


async def main(port: int, size: int) -> None:
    connected: set[ServerConnection] = set()
    message = AWAITED.decode() + "x" * (size - len(AWAITED))

    async def welcome(connection: ServerConnection) -> None:
        await connection.recv()
        connected.add(connection)
        await connection.send("ready")
        await connection.wait_closed()
        connected.discard(connection)

    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with serve(welcome, "127.0.0.1", port, compression=None, ping_interval=None, backlog=4096):
        print("up", flush=True)
        while await reader.readline():
            broadcast(connected, message)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
