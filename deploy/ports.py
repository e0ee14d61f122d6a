"""Free TCP ports of the loopback interface.

They are chosen below 32768: above begins the range from which the kernel takes the ports of outgoing connections.
"""

from __future__ import annotations

import random
import socket

LOWEST, HIGHEST = 20_000, 32_000


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` of `host` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_address(host: str) -> bool:
    """Whether a server of this machine can listen at `host`."""
    return is_free(0, host)


class Ports:
    """Hands out free ports, never the same one twice."""

    def __init__(self) -> None:
        self._given: set[int] = set()

    def block(self, size: int = 1) -> int:
        """The first of `size` consecutive free ports. Raises OSError when a thousand tries find none."""
        for _ in range(1000):
            first = random.randrange(LOWEST, HIGHEST - size)  # noqa: S311
            wanted = range(first, first + size)
            if self._given.isdisjoint(wanted) and all(is_free(port) for port in wanted):
                self._given.update(wanted)
                return first
        raise OSError(f"no {size} consecutive free ports between {LOWEST} and {HIGHEST}")
