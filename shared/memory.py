"""The memory of a process, where it has glibc (elsewhere nothing happens)."""

import contextlib
import ctypes

M_ARENA_MAX = -8  # of malloc.h


def share_one_arena() -> None:
    """Call it before there are threads. Each would have an arena of its own and keep there what it once needed, out of
    reach of `give_back`; and Python's threads allocate one after the other anyway."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def give_back() -> None:
    """Returns to the system what is free, instead of keeping it for the next time. Takes a few milliseconds."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
