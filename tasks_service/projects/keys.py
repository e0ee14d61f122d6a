"""Keys made of names: `Mobile App` is `MA`, `Website` is `WEB`."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 10
TRIES = 1000
NAMELESS = "PR"  # of a name without two letters


def candidates(name: str) -> Iterator[str]:
    """The key that suits the name best, then the same with numbers."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = re.findall(r"[A-Z][A-Z0-9]*", plain)
    initials = "".join(word[0] for word in words)
    best = initials if len(initials) > 1 else "".join(words)[:3]
    best = best[: LONGEST - 3] if len(best) > 1 else NAMELESS
    yield best
    yield from (f"{best}{number}" for number in range(2, TRIES))
