"""Where a task stands in manual order: text keys that sort bytewise, so a new key fits between any two.

A key is the fraction 0.xyz to the base of 62. New ones never end in the lowest digit, so there is always room below.
"""

import time

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE = len(ALPHABET)
WIDTH = 9  # 62 ** 9 microseconds are more than 400 years
LONGEST = 30  # characters; about 120 moves into one and the same gap


def at_end(later: int = 0) -> str:
    """A key after all that were made before: nothing has to be read, and nobody waits for anybody. Of several made at
    once each comes so much `later` (microseconds) than the first."""
    now = time.time_ns() // 1000 + later
    digits = []
    for _ in range(WIDTH):
        now, digit = divmod(now, BASE)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def between(low: str | None, high: str | None) -> str | None:
    """A short key above `low` and below `high`, where None is the edge; None when there is nothing between them."""
    low, high = (low or "").rstrip("0"), high.rstrip("0") if high is not None else None
    if high is not None and low >= high:
        return None
    key, place = "", 0
    while True:
        below = ALPHABET.index(low[place]) if place < len(low) else 0
        above = BASE if high is None else ALPHABET.index(high[place])
        if above - below > 1:
            return key + ALPHABET[(below + above) // 2]
        if above - below == 1:
            high = None  # what follows this digit is below `high` whatever it is
        key += ALPHABET[below]
        place += 1


def spread(low: str | None, high: str | None, number: int) -> list[str] | None:
    """So many keys in order between two, evenly; None when there is nothing between them."""
    if number == 0:
        return []
    middle = between(low, high)
    if middle is None:
        return None
    left, right = spread(low, middle, number // 2), spread(middle, high, number - number // 2 - 1)
    return None if left is None or right is None else [*left, middle, *right]
