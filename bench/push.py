"""
Pushing by one worker process, its claims and records in PostgreSQL included, to a local gateway.

    python -m bench.push [--seconds 10] [--invoices 3000] [--rounds 1]

Eight accounts of eight calls each, in three settings: a gateway that takes 200 ms, beside what 64 calls of 200 ms come
to; one that takes no time, beside a bare loop of the same calls by the same client and as many threads; and 200 ms
again, but for one account whose gateway hangs. PostgreSQL flushes at every commit, as in production.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bench.cpu import cpu_seconds
from bench.servers import PROJECT, listens, manage, running_servers
from tests.infrastructure.ports import HOST, free_port
from tests.infrastructure.postgres import PostgresCluster
from tests.infrastructure.waiting import wait_until

LATENCY: Final = 200  # milliseconds
HANGING: Final = 30_000
LIMIT: Final = 64 / (LATENCY / 1000)  # pushes a second
Figures = dict[str, float]


def main() -> None:
    options = _options()
    with _bench() as bench:
        bench.run("prepare", invoices=options.invoices)
        rounds = [_round(bench, options.seconds) for _ in range(options.rounds)]
    _print({name: _median([each[name] for each in rounds]) for name in rounds[0]})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--invoices", type=int, default=3000, help="of each account")
    parser.add_argument("--rounds", type=int, default=1)
    return parser.parse_args()


class _Bench:
    def __init__(self, cluster: PostgresCluster, environment: dict[str, str], port: int, gateway_pid: int) -> None:
        self._cluster = cluster
        self._gateway = f"http://{HOST}:{port}"
        self._gateway_pid = gateway_pid
        self._environment = environment | {"GATEWAY_ALLOW_PRIVATE": "1", "LOG_LEVEL": "ERROR"}

    def run(self, work: str, **options: float) -> Figures:
        """One worker process of its own, and what it says of itself."""
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        command = [sys.executable, "-m", "bench.push_worker", work, "--gateway", self._gateway, *arguments]
        database, gateway = cpu_seconds(self._cluster.pid), cpu_seconds(self._gateway_pid)
        ended = subprocess.run(
            command, cwd=PROJECT, env=self._environment, check=True, stdout=subprocess.PIPE, text=True
        )
        figures: Figures = json.loads(ended.stdout)
        calls = figures.get("calls", 1)
        figures["database_cpu_ms"] = 1000 * (cpu_seconds(self._cluster.pid) - database) / calls
        figures["gateway_cpu_ms"] = 1000 * (cpu_seconds(self._gateway_pid) - gateway) / calls
        return figures


@contextmanager
def _bench() -> Iterator[_Bench]:
    port = free_port()
    gateway = subprocess.Popen([sys.executable, "-m", "bench.gateway", str(port)], cwd=PROJECT)
    try:
        with running_servers() as (cluster, environment):
            manage(environment, "migrate", "--verbosity=0")
            wait_until(lambda: listens(port), 30, reason="the gateway listens")
            yield _Bench(cluster, environment, port, gateway.pid)
    finally:
        gateway.terminate()
        gateway.wait(30)


def _round(bench: _Bench, seconds: float) -> dict[str, Figures]:
    return {
        "bare_200": bench.run("bare", milliseconds=LATENCY, seconds=seconds / 2),
        "push_200": bench.run("push", milliseconds=LATENCY, seconds=seconds),
        "bare_0": bench.run("bare", milliseconds=0, seconds=seconds / 2),
        "push_0": bench.run("push", milliseconds=0, seconds=seconds / 2),
        "one_hangs": bench.run("push", milliseconds=LATENCY, seconds=seconds, hanging=HANGING),
    }


def _median(rounds: list[Figures]) -> Figures:
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def _print(medians: dict[str, Figures]) -> None:
    print(f"{os.cpu_count()} cores, gateway and database on the same machine")
    for name, one in medians.items():
        print(
            f"{name:10} {one['rate']:8.0f}/s   worker {one['cpu_ms']:6.3f} ms CPU   "
            f"database {one['database_cpu_ms']:6.3f} ms CPU   gateway {one['gateway_cpu_ms']:6.3f} ms CPU"
        )
    ratios = {
        "of_the_limit_at_200_ms": round(medians["push_200"]["rate"] / LIMIT, 3),
        "of_the_bare_loop_at_200_ms": round(medians["push_200"]["rate"] / medians["bare_200"]["rate"], 3),
        "of_the_bare_loop_at_0_ms": round(medians["push_0"]["rate"] / medians["bare_0"]["rate"], 3),
        "cpu_ms_a_push": round(medians["push_0"]["cpu_ms"], 3),
        "others_beside_one_that_hangs": round(medians["one_hangs"]["others"] / medians["push_200"]["others"], 3),
    }
    print(json.dumps({"name": "push", "ratios": ratios}))


if __name__ == "__main__":
    main()
