"""A backup taken during the work and restored later: the books are whole, and nobody can pay twice for the same."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from billing.clock import database_now
from invoices.models import Invoice
from invoices.sandbox.models import SandboxInvoice
from invoices.sandbox.models.invoice import InvoiceStatus
from tests.factories import make_bill
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


def after_restore(*arguments: str) -> tuple[int, list[str]]:
    """Exit status and lines of the command."""
    out = io.StringIO()
    today = f"{timezone.now():%Y-%m-%d}"
    try:
        call_command("after_restore", "--since", today, *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def references() -> set[str]:
    return set(Invoice.objects.values_list("reference", flat=True))


def test_a_restored_backup_is_whole_and_what_was_done_since_is_neither_repeated_nor_paid_twice(
    office: Office, live_database: LiveDatabase, restored: LiveDatabase, tmp_path: Path
) -> None:
    backup = tmp_path / "billing.dump"
    office.make_due(6)
    office.shop.issue()
    Invoice.objects.update(next_attempt_at=database_now() + timedelta(hours=8))  # as quiet hours do
    office.make_due(14)
    worker = office.worker()
    run("pg_dump", "--format=custom", f"--file={backup}", live_database.url)
    office.make_due(5)
    Invoice.objects.filter(delivery=Invoice.Delivery.NEW).update(next_attempt_at=database_now())
    office.wait_until_sent(25)
    worker.kill()
    office.shop.customer_pays(Invoice.objects.latest("pk"))
    sent, newest = references(), make_bill(office.shop.merchant)

    run("pg_restore", "--exit-on-error", f"--dbname={restored.url}", str(backup))

    assert restored.fetch(OBJECTS) == live_database.fetch(OBJECTS)
    with restored.as_default():
        assert find_differences(now=database_now()) == []
        assert Invoice.objects.filter(delivery=Invoice.Delivery.NEW).count() >= 6
        lost = sent - references()
        status, lines = after_restore("--dry-run")
        assert (status, len(lines)) == (1, len(lost) + 1)
        assert {line.split()[1].rstrip(",") for line in lines[:-1]} == lost
        assert len([line for line in lines if line.endswith(": can be paid")]) == len(lost) - 1

        status, lines = after_restore()
        assert (status, lines[-1]) == (1, f"{len(lost)} forgotten, 1 to see to")
        assert len([line for line in lines if line.endswith(": PAID")]) == 1
        new = make_bill(office.shop.merchant)
        assert new.pk > newest.pk
        assert new.billing_no > newest.billing_no

        office.environment["DATABASE_URL"] = restored.url
        office.worker()
        office.wait_until_sent(20)
        known = references()

    payable = SandboxInvoice.objects.filter(status=InvoiceStatus.UNPAID).values_list("reference_number", flat=True)
    assert sorted(payable) == sorted(known)
    assert not known & lost
