"""
What the office's pages cost with ten thousand bills and with a million: server time, queries, bytes, and the ratio.

    python -m bench.admin [--sizes 10000 1000000] [--requests 20]

One merchant of a private PostgreSQL has the bills, an invoice, a call and an enquiry for each, a fifth as many
customers, a tenth as many plans; neighbours have a thousand bills. Their owners open home, every list, searches and
pages through Django's test client (`bench.office`); the 95th percentile of each is printed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.servers import PROJECT, manage, running_servers
from tests.infrastructure.postgres import PostgresCluster

SEED = Path(__file__).with_name("admin_seed.sql")
GOAL_MS, GOAL_QUERIES, GOAL_RATIO, GOAL_KILOBYTES = 300, 12, 1.5, 60
_WORST = ("p95_ms", "queries", "kilobytes")


def main() -> None:
    options = _options()
    with running_servers() as (cluster, environment):
        manage(environment, "collectstatic", "--no-input", "--verbosity=0")
        found = [_measure(cluster, environment, size, options.requests) for size in options.sizes]
    for group in found[-1]["groups"]:
        _print(group, options.sizes, [each["groups"][group] for each in found])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--requests", type=int, default=20)
    return parser.parse_args()


def _measure(cluster: PostgresCluster, environment: dict[str, str], bills: int, requests: int) -> dict[str, Any]:
    began = time.monotonic()
    environment = seed(cluster, environment, bills)
    seeded = time.monotonic()
    command = [sys.executable, "-m", "bench.office", str(requests)]
    printed = subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    cluster.execute(f"DROP DATABASE office_{bills}")
    answer: dict[str, Any] = json.loads(printed.stdout)
    print(
        f"{bills:9,} bills: filled in {seeded - began:.0f} s, opened in {time.monotonic() - seeded:.0f} s; "
        f"counting what home shows took {answer['counting_s']:.2f} s",
        flush=True,
    )
    return answer


def seed(cluster: PostgresCluster, environment: dict[str, str], bills: int) -> dict[str, str]:
    """A database of its own with so many bills: the environment in which a process uses it."""
    name = f"office_{bills}"
    cluster.execute(f"CREATE DATABASE {name}")
    url = cluster.url(name)
    environment = environment | {"DATABASE_URL": url, "ADMIN_REQUIRES_OTP": "0", "PAGES_PER_ADDRESS": "0/m"}
    manage(environment, "migrate", "--verbosity=0")
    statements = SEED.read_text().format(bills=bills, customers=bills // 5, plans=bills // 10)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in filter(str.strip, statements.split(";\n")):
            connection.execute(statement.encode())
    return environment


def _print(group: str, sizes: list[int], found: list[dict[str, Any]]) -> None:
    smallest, largest = found[0], found[-1]
    print(f"\n{group + ', p95 ms':48}" + "".join(f"{size:>12,}" for size in sizes) + "       ratio  queries     kB")
    for name, page in largest.items():
        times = "".join(f"{each[name]['p95_ms']:12.1f}" for each in found)
        ratio = _ratio(page, smallest[name])
        print(f"{name[:48]:48}{times}{ratio:12.2f}{page['queries']:9}{page['kilobytes']:7.1f}")
    worst = {f"most_{what}": round(max(page[what] for page in largest.values()), 1) for what in _WORST}
    worst["largest_ratio"] = max(_ratio(largest[name], smallest[name]) for name in largest)
    goals = {"ms": GOAL_MS, "queries": GOAL_QUERIES, "ratio": GOAL_RATIO, "kilobytes": GOAL_KILOBYTES}
    print(json.dumps({"name": f"admin, {group}", **worst, "goals": goals}), flush=True)


def _ratio(large: dict[str, float], small: dict[str, float]) -> float:
    # Of medians: a pause of the machine is in a percentile of twenty, and says nothing about rows.
    return round(large["median_ms"] / small["median_ms"], 2)


if __name__ == "__main__":
    main()
