"""
A month's run on PostgreSQL, beside the same rows made by one hand-written INSERT … SELECT a chunk.

    python -m bench.generate [--sizes 10000 100000 1000000] [--chunk 500] [--merchants 4] [--rate 300]

Every run starts from a copy of one seeded database; PostgreSQL flushes at every commit. The last part posts bills
meanwhile, as many a second as `--rate` says.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.add_bill import bill_requests, prepare_merchants
from bench.load import Load, generate_load
from bench.servers import PROJECT, manage, running_gunicorn, running_servers
from tests.infrastructure.ports import HOST
from tests.infrastructure.postgres import ROLE, PostgresCluster

SEED = Path(__file__).with_name("generate_seed.sql")
RUN = "run"


@dataclass(frozen=True)
class Run:
    """What one or more workers did: invoices in all, the seconds of the slowest, the memory of the largest."""

    issued: int
    seconds: float
    megabytes: float

    @property
    def per_second(self) -> float:
        return self.issued / self.seconds


def main() -> None:
    options = _options()
    print(f"{os.cpu_count()} cores, chunks of {options.chunk}, {options.merchants} merchants")
    with running_servers() as (cluster, environment):
        runs = {size: _measure(cluster, environment, size, options) for size in options.sizes}
        beside = _beside_the_api(cluster, environment, options) if options.rate else {}
    smallest, largest = options.sizes[-2] if len(options.sizes) > 1 else options.sizes[-1], options.sizes[-1]
    ratios = {f"sql_{size}": _ratio(run["product"], run["sql"]) for size, run in runs.items()}
    ratios["linear"] = _ratio(runs[largest]["product"], runs[smallest]["product"])
    ratios["memory"] = round(runs[largest]["product"].megabytes / runs[smallest]["product"].megabytes, 2)
    ratios["two_workers"] = _ratio(runs[smallest]["two"], runs[smallest]["product"])
    print(json.dumps({"name": "generate", "ratios": ratios | beside}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--chunk", type=int, default=500)
    parser.add_argument("--merchants", type=int, default=4)
    parser.add_argument("--rate", type=int, default=300, help="bills posted a second beside it; 0 leaves that part out")
    parser.add_argument("--seconds", type=float, default=10, help="how long bills are posted with nothing beside")
    return parser.parse_args()


def _ratio(one: Run, other: Run) -> float:
    return round(one.per_second / other.per_second, 3)


def _measure(
    cluster: PostgresCluster, environment: dict[str, str], size: int, options: argparse.Namespace
) -> dict[str, Run]:
    with _seeded(cluster, environment, size, options) as seeded:
        measured = {
            name: _run(cluster, environment, seeded, kind, workers, options.chunk)
            for name, kind, workers in (("sql", "sql", 1), ("product", "product", 1), ("two", "product", 2))
        }
    for name, run in measured.items():
        assert run.issued == size, f"{name} issued {run.issued} of {size}"
        print(f"{size:9,} {name:8} {run.per_second:9,.0f}/s   {run.megabytes:6.0f} MB", flush=True)
    return measured


@contextmanager
def _seeded(
    cluster: PostgresCluster, environment: dict[str, str], size: int, options: argparse.Namespace
) -> Iterator[str]:
    """A migrated database with so many due installments, to be copied."""
    name = f"seeded_{size}"
    cluster.execute(f"CREATE DATABASE {name}")
    manage(environment | {"DATABASE_URL": cluster.url(name)}, "migrate", "--verbosity=0")
    _seed(cluster, name, size, options.merchants)
    yield name
    cluster.execute(f"DROP DATABASE {name}")


def _seed(cluster: PostgresCluster, database: str, size: int, merchants: int) -> None:
    statements = SEED.read_text().format(merchants=merchants, plans_each=size // merchants).split(";\n")
    for statement in filter(str.strip, statements):
        cluster.execute(statement, database=database)


@contextmanager
def _copy(cluster: PostgresCluster, seeded: str) -> Iterator[str]:
    cluster.execute(f"CREATE DATABASE {RUN} TEMPLATE {seeded}")
    cluster.execute("CHECKPOINT")
    yield cluster.url(RUN)
    cluster.execute(f"DROP DATABASE {RUN} WITH (FORCE)")


def _run(
    cluster: PostgresCluster, environment: dict[str, str], seeded: str, kind: str, workers: int, chunk: int
) -> Run:
    with _copy(cluster, seeded) as url:
        run = _work(environment | {"DATABASE_URL": url}, kind, workers, chunk)
        _check(cluster)
    return run


def _work(environment: dict[str, str], kind: str, workers: int, chunk: int) -> Run:
    command = [sys.executable, "-m", "bench.issuer", kind, str(chunk)]
    started = [
        subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(workers)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("begin\n")
        process.stdin.flush()
    answers = [json.loads(process.communicate()[0]) for process in started]
    return Run(
        issued=sum(answer["issued"] for answer in answers),
        seconds=max(answer["seconds"] for answer in answers),
        megabytes=max(answer["megabytes"] for answer in answers),
    )


def _check(cluster: PostgresCluster) -> None:
    """Nothing twice, and nothing left."""
    with psycopg.connect(host=HOST, port=cluster.port, user=ROLE, dbname=RUN) as connection:
        doubled = "SELECT count(*) - count(DISTINCT installment_id) FROM invoices_invoice"
        left = "SELECT count(*) FROM subscriptions_installment WHERE status = 'SCHEDULED' AND due_date <= current_date"
        for statement in (doubled, left):
            row = connection.execute(statement).fetchone()
            assert row == (0,), f"{statement}: {row}"


def _beside_the_api(
    cluster: PostgresCluster, environment: dict[str, str], options: argparse.Namespace
) -> dict[str, float]:
    """Bills posted at a steady rate, without and with a run of 100,000 beside them; and that run on its own."""
    size = 100_000
    with (
        _seeded(cluster, environment, size, options) as seeded,
        tempfile.TemporaryDirectory() as folder,
    ):
        with _copy(cluster, seeded) as url:
            free = _work(environment | {"DATABASE_URL": url}, "product", 1, options.chunk)
        with _copy(cluster, seeded) as url:
            shared = environment | {"DATABASE_URL": url}
            merchants = prepare_merchants(shared, cluster, Path(folder), database=RUN)
            with running_gunicorn(shared) as (base_url, _):
                next_request = bill_requests(merchants)(base_url)

                def post(seconds: float) -> Load:
                    return generate_load(
                        base_url, next_request=next_request, connections=16, seconds=seconds, rate=options.rate
                    )

                post(2)  # warm
                alone = post(options.seconds)
                worker = _Beside(shared, options.chunk)
                beside = post(options.seconds)
                run = worker.end()
    for name, load in (("alone", alone), ("beside", beside)):
        print(f"bills {name:7} {load.per_second:6.0f}/s   p99 {load.percentile(0.99):7.1f} ms   {dict(load.statuses)}")
    print(f"invoices {free.per_second:8,.0f}/s free, {run.per_second:8,.0f}/s beside the bills")
    return {
        "p99_beside": round(beside.percentile(0.99) / alone.percentile(0.99), 2),
        "generation_beside": _ratio(run, free),
    }


class _Beside:
    """A run that goes on while this process does something else."""

    def __init__(self, environment: dict[str, str], chunk: int) -> None:
        command = [sys.executable, "-m", "bench.issuer", "product", str(chunk)]
        self._process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None
        self._process.stdin.write("begin\n")
        self._process.stdin.flush()

    def end(self) -> Run:
        return Run(**json.loads(self._process.communicate()[0]))


if __name__ == "__main__":
    main()
