"""The health check inside a container: `python -m deploy.healthcheck api|worker`.

An API is healthy when every one of its worker processes is ready; a worker when its heartbeats are fresh.
"""

from __future__ import annotations

import asyncio
import os
import sys
import urllib.request
from pathlib import Path

BEATS = "SELECT count(*) FROM heartbeats WHERE beat_at > now() - interval '10 seconds'"


def check_api() -> bool:
    first, workers = int(os.environ.get("PORT") or 8000), int(os.environ.get("WORKERS") or 1)
    for port in range(first, first + workers):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=3) as answer:
            if answer.status != 200:
                return False
    return True


async def check_worker() -> bool:
    import asyncpg

    path = os.environ.get("DATABASE_URL_FILE")
    url = await asyncio.to_thread(Path(path).read_text) if path else os.environ["DATABASE_URL"]
    connection = await asyncpg.connect(url.strip(), timeout=3)
    try:
        return bool(await connection.fetchval(BEATS))
    finally:
        await connection.close()


def main() -> None:
    kind = sys.argv[1] if len(sys.argv) > 1 else ""
    if kind not in ("api", "worker"):
        raise SystemExit("usage: python -m deploy.healthcheck api|worker")
    try:
        well = check_api() if kind == "api" else asyncio.run(check_worker())
    except Exception as error:
        raise SystemExit(f"unwell: {error!r}") from None
    if not well:
        raise SystemExit("unwell")


if __name__ == "__main__":
    main()
