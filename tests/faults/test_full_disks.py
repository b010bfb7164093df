"""No room for logs and temporary files: posts are taken all the same, and none is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from billing.models import Bill
from tests.contract.api_client import BILL
from tests.factories import make_api_key, make_merchant
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import Processes

pytestmark = pytest.mark.processes


@pytest.fixture
def on_small_disk(live_database: LiveDatabase, small_disk: Path) -> Iterator[Processes]:
    """They log there; the database is elsewhere."""
    processes = Processes(small_disk, database_url=live_database.url)
    yield processes
    processes.end()


def test_q5_without_room_for_logs_and_temporary_files_posts_are_taken_and_none_is_lost(
    on_small_disk: Processes, small_disk: Path
) -> None:
    key = make_api_key(make_merchant("razzbery", bills_per_hour=0))
    web = on_small_disk.gunicorn(env={"TMPDIR": str(small_disk)}, arguments=["--access-logfile", "-"])

    def post() -> requests.Response:
        return requests.post(f"{web.base_url}/razzbery/v1/add/bill", json=BILL, headers={"X-API-Key": key}, timeout=40)

    with contextlib.suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(b"0" * 4096) == 4096:
            pass
    logged = len(web.log)
    taken = [post() for _ in range(20)]
    refused = requests.get(f"{web.base_url}/razzbery/v1/add/bill", headers={"X-API-Key": "wrong"}, timeout=40)

    assert len(web.log) - logged < 4096, "there was no room for these lines"
    assert [answer.status_code for answer in taken] == [200] * 20
    assert refused.status_code in (401, 405)
    assert set(Bill.objects.values_list("billing_no", flat=True)) == {
        answer.json()["data"]["billingNo"] for answer in taken
    }
    (small_disk / "filler").unlink()
    assert post().status_code == 200
    assert '"POST /razzbery/v1/add/bill' in web.log[logged:], "and with room again it logs on"
