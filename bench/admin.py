"""
What the office's pages cost with ten thousand bills and with a million: server time, queries, and their ratio.

    python -m bench.admin [--sizes 10000 1000000] [--requests 20]

One merchant of a private PostgreSQL has the bills, an invoice for each, and a fifth as many customers. Its owner opens
home, lists, searches and pages through Django's test client; the 95th percentile of each is printed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.servers import PROJECT, manage, running_servers
from tests.infrastructure.postgres import PostgresCluster

SEED = Path(__file__).with_name("admin_seed.sql")
GOAL_MS, GOAL_QUERIES, GOAL_RATIO = 300, 12, 1.5


def main() -> None:
    options = _options()
    with running_servers() as (cluster, environment):
        manage(environment, "collectstatic", "--no-input", "--verbosity=0")
        found = [_measure(cluster, environment, size, options.requests) for size in options.sizes]
    _print(options.sizes, found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--requests", type=int, default=20)
    return parser.parse_args()


def _measure(cluster: PostgresCluster, environment: dict[str, str], bills: int, requests: int) -> dict[str, Any]:
    name = f"office_{bills}"
    cluster.execute(f"CREATE DATABASE {name}")
    environment = environment | {"DATABASE_URL": cluster.url(name), "ADMIN_REQUIRES_OTP": "0"}
    manage(environment, "migrate", "--verbosity=0")
    for statement in filter(str.strip, SEED.read_text().format(bills=bills, customers=bills // 5).split(";\n")):
        cluster.execute(statement, database=name)
    command = [sys.executable, "-m", "bench.office", str(requests)]
    printed = subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    cluster.execute(f"DROP DATABASE {name}")
    answer: dict[str, Any] = json.loads(printed.stdout)
    print(f"{bills:9,} bills: counting what home shows took {answer['counting_s']:.2f} s", flush=True)
    return answer


def _print(sizes: list[int], found: list[dict[str, Any]]) -> None:
    smallest, largest = found[0]["pages"], found[-1]["pages"]
    print(f"{'p95 ms':28}" + "".join(f"{size:>12,}" for size in sizes) + "       ratio  queries")
    for name in largest:
        times = "".join(f"{each['pages'][name]['p95_ms']:12.1f}" for each in found)
        print(f"{name:28}{times}{_ratio(largest[name], smallest[name]):12.2f}{largest[name]['queries']:9}")
    figures = {
        "slowest_ms": max(page["p95_ms"] for page in largest.values()),
        "most_queries": max(page["queries"] for page in largest.values()),
        "largest_ratio": max(_ratio(largest[name], smallest[name]) for name in largest),
        "goals": {"ms": GOAL_MS, "queries": GOAL_QUERIES, "ratio": GOAL_RATIO},
    }
    print(json.dumps({"name": "admin", **figures}))


def _ratio(large: dict[str, float], small: dict[str, float]) -> float:
    # Of medians: a pause of the machine is in a percentile of twenty, and says nothing about rows.
    return round(large["median_ms"] / small["median_ms"], 2)


if __name__ == "__main__":
    main()
