"""`python -m tests.benchmarks [names]`: runs the usual figures, or those named, and prints them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

import uvloop

from deploy.process import adopt_orphans
from tests.benchmarks import chain, fanout, growth, reads, reports, sockets, throughput
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.system import BenchmarkError, running_system
from tests.benchmarks.throughput import Bench

MEASURES: dict[str, Callable[[Bench], Awaitable[list[Figure]]]] = {
    "memory": reads.memory,
    "embedded": reads.embedded,
    "get": throughput.get_one,
    "list": throughput.list_page,
    "search": reads.search,
    "reports": reports.numbers,
    "latency": chain.latency,
    "fan-out": fanout.fan_out,
    "writes": throughput.writes,
    "sustained": chain.sustained,
    "growth": growth.growth,  # the last one: afterwards there are more tasks
}
NAMED: dict[str, Callable[[Bench], Awaitable[list[Figure]]]] = {  # only when they are asked for
    "counting": reports.counting,
    "sockets": sockets.idle,
    "storm": sockets.storm,
}


async def measure(names: Sequence[str], figures: list[Figure]) -> None:
    async with running_system() as system, throughput.prepared(system) as bench:
        for name in names:
            print(f"{time.perf_counter() - BEGAN:5.0f} s  {name} ...", file=sys.stderr, flush=True)
            figures += await (MEASURES | NAMED)[name](bench)


def main(names: Sequence[str]) -> int:
    if unknown := set(names) - (MEASURES | NAMED).keys():
        there = ", ".join(MEASURES | NAMED)
        print(f"no such figure: {', '.join(sorted(unknown))}; there are {there}", file=sys.stderr)
        return 2
    adopt_orphans()
    figures: list[Figure] = []
    failed = False
    try:
        uvloop.run(measure(names or list(MEASURES), figures))
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        failed = True
    print(table(figures))
    print(json.dumps({"seconds": round(time.perf_counter() - BEGAN), "figures": [one.as_json() for one in figures]}))
    return int(failed)


BEGAN = time.perf_counter()

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
