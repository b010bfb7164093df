"""
add-bill under gunicorn on PostgreSQL, beside a null DRF view and beside the same SQL in pgbench.

    python -m bench.add_bill [--seconds 10] [--connections 16] [--rounds 3]

Every check, the limit, the event row and the wake-up are on. The three are measured in turn, several rounds, and the
ratios are of the medians. PostgreSQL flushes at every commit, as in production.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.cpu import cpu_seconds
from bench.load import generate_load, post_request
from bench.servers import PROJECT, manage, running_gunicorn, running_servers
from tests.infrastructure.ports import HOST
from tests.infrastructure.postgres import DATABASE, PostgresCluster

MERCHANTS = 50
EXAMPLE = "tests/contract/documents/add_bill_request.json"


@dataclass(frozen=True)
class Merchant:
    username: str
    key: str


@dataclass(frozen=True)
class Measured:
    per_second: float
    server_cpu_ms: float
    database_cpu_ms: float
    p99_ms: float


def main() -> None:
    options = _options()
    with running_servers() as (cluster, environment), tempfile.TemporaryDirectory() as folder:
        merchants = prepare_merchants(environment, cluster, Path(folder))
        rounds = [_round(cluster, environment, merchants, options) for _ in range(options.rounds)]
    medians = {name: _median([each[name] for each in rounds]) for name in rounds[0]}
    _print(medians)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def prepare_merchants(
    environment: dict[str, str], cluster: PostgresCluster, folder: Path, *, database: str = DATABASE
) -> list[Merchant]:
    """Fifty merchants, so that the counter of the day is no hotter than in life; limited, though hardly."""
    keys = folder / "keys.json"
    manage(environment, "migrate", "--verbosity=0")
    manage(environment, "seed_demo", "--merchants", str(MERCHANTS), "--keys-out", str(keys))
    cluster.execute("UPDATE billing_merchant SET bills_per_hour = 1000000000", database=database)
    # What pgbench looks a key up by: it cannot compute a digest, and this column has the same kind of index.
    cluster.execute(
        "UPDATE billing_apikey SET prefix = 'demo-key-' || merchant_id WHERE label = 'demo'", database=database
    )
    return [Merchant(**each) for each in json.loads(keys.read_text())["merchants"]]


def _round(
    cluster: PostgresCluster, environment: dict[str, str], merchants: list[Merchant], options: argparse.Namespace
) -> dict[str, Measured]:
    load = (options.connections, options.seconds)
    return {
        "add_bill": _measure_http(cluster, environment, "config.wsgi", bill_requests(merchants), *load),
        "null_view": _measure_http(cluster, environment, "bench.null_view", _nulls(), *load),
        "pgbench": _measure_pgbench(cluster, *load),
    }


def bill_requests(merchants: list[Merchant]) -> Callable[[str], Callable[[], bytes]]:
    counter = itertools.count()

    def requests_to(base_url: str) -> Callable[[], bytes]:
        def next_request() -> bytes:
            number = next(counter)
            merchant = merchants[number % len(merchants)]
            headers = {"X-API-Key": merchant.key, "Content-Type": "application/json"}
            return post_request(f"{base_url}/{merchant.username}/v1/add/bill", body=_body(number), headers=headers)

        return next_request

    return requests_to


def _nulls() -> Callable[[str], Callable[[], bytes]]:
    headers = {"Content-Type": "application/json"}
    return lambda base_url: lambda: post_request(f"{base_url}/null", body=_body(1), headers=headers)


def _body(number: int) -> bytes:
    return json.dumps(_example() | {"customerPhone": f"079{number % 10_000_000:07d}"}).encode()


@cache
def _example() -> dict[str, Any]:
    return dict(json.loads((PROJECT / EXAMPLE).read_text()))


def _measure_http(
    cluster: PostgresCluster,
    environment: dict[str, str],
    application: str,
    requests_to: Callable[[str], Callable[[], bytes]],
    connections: int,
    seconds: float,
) -> Measured:
    with running_gunicorn(environment, application) as (base_url, pid):
        next_request = requests_to(base_url)
        generate_load(base_url, next_request=next_request, connections=connections, seconds=1)  # warm
        server, database = cpu_seconds(pid), cpu_seconds(cluster.pid)
        load = generate_load(base_url, next_request=next_request, connections=connections, seconds=seconds)
        server, database = cpu_seconds(pid) - server, cpu_seconds(cluster.pid) - database
    answers = sum(load.statuses.values())
    assert set(load.statuses) == {200}, f"{application} answered {dict(load.statuses)}"
    return Measured(load.per_second, 1000 * server / answers, 1000 * database / answers, load.percentile(0.99))


def _measure_pgbench(cluster: PostgresCluster, connections: int, seconds: float) -> Measured:
    command = [
        str(cluster.binaries / "pgbench"),
        *("-h", HOST, "-p", str(cluster.port), "-U", "billing", "-n", "-M", "prepared"),
        *("-c", str(connections), "-j", "2", "-T", str(max(1, round(seconds))), "-f", "bench/add_bill.sql"),
        DATABASE,
    ]
    database = cpu_seconds(cluster.pid)
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"pgbench failed: {ended.stderr[-500:]}")
    database = cpu_seconds(cluster.pid) - database
    rate = float(re.search(r"tps = ([\d.]+)", ended.stdout).group(1))  # type: ignore[union-attr]
    return Measured(rate, 0.0, 1000 * database / (rate * seconds), 0.0)


def _median(rounds: list[Measured]) -> Measured:
    return Measured(
        *(statistics.median(column) for column in zip(*(vars(each).values() for each in rounds), strict=True))
    )


def _print(medians: dict[str, Measured]) -> None:
    print(f"{os.cpu_count()} cores, client on the same machine")
    for name, one in medians.items():
        print(
            f"{name:10} {one.per_second:8.0f}/s   server {one.server_cpu_ms:6.3f} ms CPU   "
            f"database {one.database_cpu_ms:6.3f} ms CPU   p99 {one.p99_ms:6.1f} ms"
        )
    bill = medians["add_bill"]
    ratios = {
        "of_pgbench": round(bill.per_second / medians["pgbench"].per_second, 3),
        "of_null_view": round(bill.per_second / medians["null_view"].per_second, 3),
        "cpu_of_null_view": round(bill.server_cpu_ms / medians["null_view"].server_cpu_ms, 3),
    }
    print(json.dumps({"name": "add_bill", "ratios": ratios}))


if __name__ == "__main__":
    main()
