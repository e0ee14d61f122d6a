"""What attackers of the sign-in can learn and do: `python -m tests.benchmarks.sign_in [run|stack]`.

Prints, as JSON: `auc` (0.5 means that times tell known from unknown names as well as a coin does; the bar is 0.40 to
0.60), the guesses of 200 that were evaluated (the bar is 10), and how much slower reads with a known token are during a
storm of 100 sign-ins at a time (the bar is 5).
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from tests.system.running import LIFTED, RunningSystem

PASSWORD = "correct battery staple"
PAIRS = 200
GUESSES = 200
STORM = 100
SECONDS = 5.0
SPOOFED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP")


def area(known: list[float], unknown: list[float]) -> float:
    """The chance that a random time of a known name is longer than one of an unknown name."""
    ordered = sorted([(t, True) for t in known] + [(t, False) for t in unknown])
    ranks = sum(rank for rank, (_, is_known) in enumerate(ordered, 1) if is_known)
    return (ranks - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))


def client(base: str, address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=300))
    return httpx.AsyncClient(base_url=base, transport=transport, timeout=30)


async def sign_up(http: httpx.AsyncClient, name: str) -> None:
    body = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
    assert (await http.post("/api/auth/register", json=body)).status_code == 201


async def log_in(http: httpx.AsyncClient, name: str, password: str, **headers: str) -> httpx.Response:
    return await http.post("/api/auth/login", json={"username": name, "password": password}, headers=headers)


async def timed(http: httpx.AsyncClient, path: str, body: dict[str, str]) -> tuple[float, int]:
    began = time.perf_counter()
    answer = await http.post(path, json=body)
    return time.perf_counter() - began, answer.status_code


async def enumeration(http: httpx.AsyncClient) -> dict[str, Any]:
    """Known and unknown names by turns, each once."""
    names = [f"known{i}-{secrets.token_hex(3)}" for i in range(PAIRS)]
    for name in names:
        await sign_up(http, name)
    found: dict[str, Any] = {}
    for what, path in (("login", "/api/auth/login"), ("forgot", "/api/auth/password/forgot")):
        times: dict[bool, list[float]] = {True: [], False: []}
        codes: dict[bool, set[int]] = {True: set(), False: set()}
        for name in names:
            for known in (True, False):
                subject = name if known else f"n{name[1:]}"
                body = {"email": f"{subject}@example.com"}
                if what == "login":
                    body = {"username": subject, "password": "wrong password"}
                seconds, code = await timed(http, path, body)
                times[known].append(seconds)
                codes[known].add(code)
        assert codes[True] == codes[False], codes
        found[what] = {"auc": round(area(times[True], times[False]), 3), "ms": round(median(times[True]) * 1000, 1)}
    return found


async def guessing(base: str, http: httpx.AsyncClient) -> dict[str, Any]:
    """An attacker who sends whatever headers; then the owner from elsewhere."""
    name = f"victim-{secrets.token_hex(3)}"
    await sign_up(http, name)
    codes = []
    for i in range(GUESSES):
        spoofed = dict.fromkeys(SPOOFED, f"10.0.{i}.1")
        codes.append((await log_in(http, name, f"guess {i}", **spoofed)).status_code)
    async with client(base, "127.0.0.2") as elsewhere:
        owner = (await log_in(elsewhere, name, PASSWORD)).status_code
    return {"evaluated": codes.count(401), "refused": codes.count(429), "owner elsewhere": owner}


async def read_for(http: httpx.AsyncClient, token: str, seconds: float) -> list[float]:
    times: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        answer = await http.get("/api/tasks?limit=20", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        times.append(time.perf_counter() - began)
    return times


async def storm(http: httpx.AsyncClient) -> dict[str, Any]:
    """Reads with a token that is known, alone and beside sign-ins that never stop."""
    name = f"reader-{secrets.token_hex(3)}"
    await sign_up(http, name)
    token = (await log_in(http, name, PASSWORD)).json()["access_token"]
    await read_for(http, token, 1)
    quiet = await read_for(http, token, SECONDS)
    codes: list[int] = []

    async def sign_in_again_and_again() -> None:
        while True:
            codes.append((await log_in(http, name, PASSWORD)).status_code)

    attackers = [asyncio.create_task(sign_in_again_and_again()) for _ in range(STORM)]
    await asyncio.sleep(1)
    stormy = await read_for(http, token, SECONDS)
    for attacker in attackers:
        attacker.cancel()
    await asyncio.gather(*attackers, return_exceptions=True)
    p99 = [quantiles(times, n=100)[98] * 1000 for times in (quiet, stormy)]
    return {
        "p50 ms": [round(median(times) * 1000, 1) for times in (quiet, stormy)],
        "p99 ms": [round(p, 1) for p in p99],
        "times slower (p50)": round(median(stormy) / median(quiet), 2),
        "times slower (p99)": round(p99[1] / p99[0], 2),
        "sign-ins": {str(code): codes.count(code) for code in sorted(set(codes))},
    }


async def measure(base: str) -> dict[str, Any]:
    async with client(base) as http:
        if sys.argv[2:] == ["storm"]:
            return await storm(http)
        found = {"storm": await storm(http), "guesses": await guessing(base, http)}
        return {**found, "enumeration": await enumeration(http)}


def main() -> None:
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    with tempfile.TemporaryDirectory(prefix="taskwire-sign-in-") as folder:
        Path(folder).chmod(0o755)
        with RunningSystem(kind, Path(folder) / "system", **LIFTED) as system:
            print(json.dumps(asyncio.run(measure(system.base)), indent=2))


if __name__ == "__main__":
    main()
