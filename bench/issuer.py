"""One worker process of a month's run, and the hand-written one it is measured against. Started by bench.generate."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

FLOOR = Path(__file__).with_name("generate_floor.sql")


def main(kind: str, chunk: int) -> None:
    run = {"product": _product, "sql": _floor}[kind](chunk)
    sys.stdin.readline()  # the starter's signal, so that several begin together
    began = time.perf_counter()
    issued = run()
    seconds = time.perf_counter() - began
    print(json.dumps({"issued": issued, "seconds": seconds, "megabytes": peak_memory()}), flush=True)


def _product(chunk: int) -> Callable[[], int]:
    """What the Celery task calls, for all merchants."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from billing.clock import database_now
    from billing.models import Merchant
    from invoices.services.issuing import issue_due

    merchants = list(Merchant.objects.order_by("pk"))
    return lambda: sum(issue_due(merchant=merchant, now=database_now(), chunk=chunk) for merchant in merchants)


def _floor(chunk: int) -> Callable[[], int]:
    import psycopg

    connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)
    merchants = [row[0] for row in connection.execute("SELECT id FROM billing_merchant ORDER BY id")]
    statement = FLOOR.read_text()

    def of_merchant(merchant: int) -> int:
        issued, place = 0, {"after_date": date(1, 1, 1), "after_id": 0}
        while True:
            row = connection.execute(statement, {"merchant": merchant, "chunk": chunk, **place}).fetchone()
            assert row is not None
            if not row[0]:
                return issued
            issued, place = issued + row[0], {"after_date": row[1], "after_id": row[2]}

    return lambda: sum(map(of_merchant, merchants))


def peak_memory() -> float:
    """Megabytes of resident memory at its highest; `getrusage` would tell the starter's, inherited over exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
