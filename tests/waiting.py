"""Waiting for what happens elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

PATIENCE = 30.0  # seconds: that a machine is busy is no failure


async def until(holds: Callable[[], Awaitable[Any] | Any], seconds: float = PATIENCE) -> Any:
    """The first answer that is true. Raises TimeoutError when there is none in time."""
    async with asyncio.timeout(seconds):
        while True:
            answer = holds()
            if isawaitable(answer):
                answer = await answer
            if answer:
                return answer
            await asyncio.sleep(0.01)
