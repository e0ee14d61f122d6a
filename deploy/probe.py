"""Cheap questions to processes that may not be there yet."""

from __future__ import annotations

import asyncio
import contextlib
import time


async def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens there."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 1)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def status(port: int, path: str, host: str = "127.0.0.1") -> int:
    """The HTTP status of a GET; 0 when there is no answer within 5 s."""
    with contextlib.suppress(OSError, TimeoutError, ValueError, IndexError):
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            line = await reader.readline()
            writer.close()
            return int(line.split()[1])
    return 0


async def until_status(port: int, path: str, seconds: float, wanted: int = 200, host: str = "127.0.0.1") -> bool:
    """Waits for this status."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if await status(port, path, host) == wanted:
            return True
        await asyncio.sleep(0.03)
    return False
