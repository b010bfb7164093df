"""
The audit over a large book on PostgreSQL: how fast, in how much memory, and whether both stay as the book grows.

    python -m bench.audit [--sizes 100000 1000000] [--merchants 4]

A size is a number of periods. The books are clean, so the audit has to read all of each and find nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.servers import PROJECT, manage, running_servers
from tests.infrastructure.postgres import PostgresCluster

SEED = Path(__file__).with_name("audit_seed.sql")
PERIODS_A_PLAN = 20


@dataclass(frozen=True)
class Audit:
    periods: int
    seconds: float
    megabytes: float

    @property
    def per_second(self) -> float:
        return self.periods / self.seconds


def main() -> None:
    options = _options()
    print(f"{os.cpu_count()} cores, {options.merchants} merchants, {PERIODS_A_PLAN} periods a plan")
    with running_servers() as (cluster, environment):
        audits = [_measure(cluster, environment, size, options.merchants) for size in options.sizes]
    smallest, largest = audits[0], audits[-1]
    ratios = {
        "linear": round(largest.per_second / smallest.per_second, 3),
        "memory": round(largest.megabytes / smallest.megabytes, 2),
    }
    print(json.dumps({"name": "audit", "differences": 0, "ratios": ratios}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--merchants", type=int, default=4)
    return parser.parse_args()


def _measure(cluster: PostgresCluster, environment: dict[str, str], periods: int, merchants: int) -> Audit:
    name = f"book_{periods}"
    cluster.execute(f"CREATE DATABASE {name}")
    environment = environment | {"DATABASE_URL": cluster.url(name)}
    manage(environment, "migrate", "--verbosity=0")
    _seed(cluster, name, plans_each=periods // PERIODS_A_PLAN // merchants, merchants=merchants)
    command = [sys.executable, "-m", "bench.auditor"]
    printed = subprocess.run(
        command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    cluster.execute(f"DROP DATABASE {name}")
    answer = json.loads(printed)
    assert answer["found"] == [], answer
    audit = Audit(periods, answer["seconds"], answer["megabytes"])
    print(
        f"{periods:9,} periods {audit.seconds:7.1f} s {audit.per_second:9,.0f}/s {audit.megabytes:6.0f} MB"
        "   0 differences",
        flush=True,
    )
    return audit


def _seed(cluster: PostgresCluster, database: str, **figures: int) -> None:
    for statement in filter(str.strip, SEED.read_text().format(**figures).split(";\n")):
        cluster.execute(statement, database=database)


if __name__ == "__main__":
    main()
