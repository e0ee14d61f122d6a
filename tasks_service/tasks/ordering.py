"""Where a task stands in manual order: text keys that sort bytewise, so a new key fits between any two."""

import time

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
WIDTH = 9  # 62 ** 9 microseconds are more than 400 years


def at_end() -> str:
    """A key after all that were made before: nothing has to be read, and nobody waits for anybody."""
    now = time.time_ns() // 1000
    digits = []
    for _ in range(WIDTH):
        now, digit = divmod(now, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
