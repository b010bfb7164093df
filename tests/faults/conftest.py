from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from invoices.models import GatewayAccount
from tests.factories import make_merchant
from tests.faults.office import HASTE, Office
from tests.faults.world import World
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.moving_clock import moving_clock
from tests.infrastructure.processes import Processes, WebServer
from tests.infrastructure.proxy import LossyProxy
from tests.invoices.sandbox_account import connect_to_sandbox


@pytest.fixture
def hasty_settings(settings: Any) -> Any:
    """The settings of the processes in this one too, where services run that are not reached through a process."""
    for name, seconds in HASTE.items():
        setattr(settings, name, float(seconds))
    return settings


@pytest.fixture
def office(
    live_database: LiveDatabase,
    processes: Processes,
    gunicorn: Callable[..., WebServer],
    hasty_settings: Any,
    tmp_path: Path,
) -> Office:
    web = gunicorn(env=HASTE, threads=24)
    hasty_settings.PUBLIC_BASE_URL = web.base_url
    marks = tmp_path / "marks"
    marks.mkdir()
    shop = connect_to_sandbox(make_merchant("razzbery", issue_days_ahead=0, messages_per_day=0), base_url=web.base_url)
    environment = HASTE | {"PUBLIC_BASE_URL": web.base_url}
    return Office(shop=shop, web=web, processes=processes, environment=environment, marks=marks)


@pytest.fixture
def gateway(office: Office) -> Iterator[LossyProxy]:
    """What the office's gateway is reached through, to close and open."""
    proxy = LossyProxy(int(office.web.base_url.rpartition(":")[2]))
    base_url = f"http://127.0.0.1:{proxy.port}/sandbox"
    GatewayAccount.objects.update(base_url=base_url, payment_base_url=base_url)
    yield proxy
    proxy.close()


@pytest.fixture
def make_world(live_server: Any, hasty_settings: Any) -> Iterator[Callable[[], World]]:
    hasty_settings.PUBLIC_BASE_URL = live_server.url
    # Looks are minutes apart by the moved clock; a call has as long as it takes on a busy machine.
    hasty_settings.GATEWAY_DEADLINE, hasty_settings.GATEWAY_LEASE = 20.0, 90.0
    hasty_settings.GATEWAY_LOOKS_WITHIN, hasty_settings.GATEWAY_BREAKER_PAUSE = 300.0, 30.0
    with moving_clock() as clock:
        yield lambda: World(base_url=live_server.url, clock=clock)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("Only root may mount a small disk.")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
