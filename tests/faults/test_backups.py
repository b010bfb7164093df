"""A backup taken during the work and restored later: the books are whole, and nobody can pay twice for the same."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from billing.clock import database_now
from invoices.models import Invoice
from invoices.sandbox.models import SandboxInvoice
from invoices.sandbox.models.invoice import InvoiceStatus
from tests.faults.office import Office
from tests.infrastructure.live_databases import LiveDatabase, LiveDatabases
from tests.infrastructure.postgres import postgres_binaries
from tests.invoices.differences import find_differences

pytestmark = pytest.mark.processes

OBJECTS = """
    SELECT 'index', indexname FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
    ORDER BY 1, 2
"""


@pytest.fixture
def restored(live_database: LiveDatabase, live_databases: LiveDatabases) -> Iterator[LiveDatabase]:
    """The empty database that a backup goes into."""
    if connection.vendor != "postgresql":
        pytest.skip("A SQLite database is a file.")
    database = live_databases.create_empty()
    yield database
    live_databases.drop(database)


def run(command: str, *arguments: str) -> None:
    binaries = postgres_binaries()
    assert binaries is not None
    subprocess.run([str(binaries / command), *arguments], check=True, timeout=60)


def forgotten(*arguments: str) -> tuple[int, list[str]]:
    """Exit status and lines of the command."""
    out = io.StringIO()
    today = f"{timezone.now():%Y-%m-%d}"
    try:
        call_command("forgotten_invoices", "--since", today, *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_a_restored_backup_is_whole_and_what_it_forgot_can_no_longer_be_paid(
    office: Office, live_database: LiveDatabase, restored: LiveDatabase, tmp_path: Path
) -> None:
    backup = tmp_path / "billing.dump"
    office.make_due(20)
    worker = office.worker()
    run("pg_dump", "--format=custom", f"--file={backup}", live_database.url)
    office.make_due(5)
    office.wait_until_sent(25)
    worker.kill()
    office.shop.customer_pays(Invoice.objects.latest("pk"))
    numbers = set(Invoice.objects.values_list("reference", flat=True))

    run("pg_restore", "--exit-on-error", f"--dbname={restored.url}", str(backup))

    assert restored.fetch(OBJECTS) == live_database.fetch(OBJECTS)
    with restored.as_default():
        assert find_differences(now=database_now()) == []
        lost = numbers - set(Invoice.objects.values_list("reference", flat=True))
        status, lines = forgotten()
        assert (status, len(lines)) == (1, len(lost) + 1)
        assert {line.split()[1].rstrip(",") for line in lines[:-1]} == lost
        assert len([line for line in lines if line.endswith(": can be paid")]) == len(lost) - 1

        status, lines = forgotten("--cancel")
        assert (status, lines[-1]) == (1, f"{len(lost)} forgotten, 1 to see to")
        assert len([line for line in lines if line.endswith(": PAID")]) == 1

        office.environment["DATABASE_URL"] = restored.url
        office.worker()
        office.wait_until_sent(20)
        known = set(Invoice.objects.values_list("reference", flat=True))

    at_gateway = SandboxInvoice.objects.exclude(status=InvoiceStatus.CANCELLED)
    payable = list(at_gateway.filter(status=InvoiceStatus.UNPAID).values_list("reference_number", flat=True))
    assert len(payable) == 20
    assert set(payable) == known
