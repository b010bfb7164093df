"""A member of staff who opens page after page of one database, with a watch. Started by bench.admin."""

from __future__ import annotations

import gzip
import json
import os
import statistics
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from bench.office_pages import all_lists, customers_pages, reports, searches, ways_in

    requests = int(sys.argv[1])
    counting = _count()
    office = _client("office")
    found = {
        "office": _time_each(office, ways_in() | all_lists(), requests),
        "neighbour": _time_each(_client("early"), all_lists(), requests),
        "customers": _time_each(office, customers_pages(), requests),
        "searches": _time_each(office, searches(), min(requests, 3)),
        "reports": _time_each(office, reports(), min(requests, 3)),
    }
    print(json.dumps({"counting_s": counting, "groups": found}))


def _client(username: str) -> Client:
    from django.test import Client

    from billing.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=username))
    return client


def _count() -> float:
    from billing.clock import database_now
    from invoices.services.figures.keeping import keep_figures

    began = time.perf_counter()
    keep_figures(now=database_now(), seconds=600)
    return time.perf_counter() - began


def _time_each(client: Client, addresses: Mapping[str, str], requests: int) -> dict[str, Any]:
    measured = {name: _time(client, address, requests) for name, address in addresses.items()}
    return {name: figures for name, figures in measured.items() if figures is not None}


def _time(client: Client, address: str, requests: int) -> dict[str, Any] | None:
    """None for what the person may not see."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if client.get(address).status_code == 403:  # the first one also warms what a process keeps
        return None
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        queries = len(captured)  # the next request forgets them
    taken = sorted(_once(client, address) for _ in range(requests))
    return {
        "p95_ms": taken[max(0, round(len(taken) * 0.95) - 1)],
        "median_ms": statistics.median(taken),
        "queries": queries,
        "kilobytes": len(gzip.compress(answer.content)) / 1000,
    }


def _once(client: Client, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    taken = (time.perf_counter() - began) * 1000
    assert answer.status_code in (200, 400), (address[:100], answer.status_code)
    return taken


if __name__ == "__main__":
    main()
