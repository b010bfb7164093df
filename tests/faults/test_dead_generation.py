"""Killed with -9 at each step of generation: a chunk is there whole or not at all, and the next run completes it."""

from __future__ import annotations

import signal
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from billing.clock import database_now
from billing.models import Event, Merchant
from invoices.models import Invoice
from invoices.services.issuing_for_all import issue_for_all
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import Processes
from tests.invoices.differences import find_differences

pytestmark = pytest.mark.processes

COMMIT = "django.db.backends.base.base:BaseDatabaseWrapper._commit"
ISSUE_INSTALLMENTS = "invoices.services.issuing:_Run._issue_installments"
ISSUE_BILLS = "invoices.services.issuing:_Run._issue_bills"
EXTEND = "subscriptions.services.extend:_extend_chunk"
DUE = 7
BILLS = 2
HORIZON = timedelta(days=92)
# Where it dies, and how many invoices are there then: installments are invoiced before bills.
STEPS = {
    "plans are extended but not advanced": ("subscriptions.services.extend:_execute:after", 0),
    "the extension is not committed": (f"{COMMIT}:before@{EXTEND}", 0),
    "the extension is committed": (f"{COMMIT}:after@{EXTEND}", 0),
    "numbers are taken": ("invoices.services.issuing:take_invoice_numbers:after", 0),
    "due installments are picked": ("invoices.services.generation.due_rows:due_installments:after", 0),
    "it is decided which are issued": ("invoices.services.generation.catching_up:sort_out:after", 0),
    "invoices are inserted but not marked": ("invoices.services.generation.invoice_rows:_results", 0),
    "installments are marked": ("invoices.services.generation.catching_up:apply_verdict", 0),
    "the chunk is not committed": (f"{COMMIT}:before@{ISSUE_INSTALLMENTS}", 0),
    "the chunk is committed": (f"{COMMIT}:after@{ISSUE_INSTALLMENTS}", DUE),
    "bills are picked": ("invoices.services.generation.due_rows:lock_bills_never_invoiced:after", DUE),
    "the bills are not committed": (f"{COMMIT}:before@{ISSUE_BILLS}", DUE),
    "the bills are committed": (f"{COMMIT}:after@{ISSUE_BILLS}", DUE + BILLS),
}


@pytest.fixture
def merchant(live_database: LiveDatabase) -> Merchant:
    """With a custom plan of each of seven customers due today, an open-ended one to extend, and two bills."""
    merchant = make_merchant("razzbery", issue_days_ahead=0)
    now = timezone.now()
    today = merchant.local_date(now)
    for index in range(DUE):
        due: dict[str, Any] = {
            "total_amount": Decimal(5),
            "custom_installments": ((today, Decimal(5), ""),),
            "customer_phone": f"079000000{index}",
        }
        make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE, now=now, **due)
    # The rest of its horizon is missing.
    day = (today + timedelta(days=1)).day
    make_subscription(
        merchant, Subscription.Type.OPEN_ENDED, now=now, horizon=timedelta(days=20), payment_day=min(day, 28)
    )
    for _ in range(BILLS):
        make_bill(merchant, due_date=today, now=now)
    return merchant


@pytest.mark.parametrize("step", STEPS)
def test_what_it_died_over_is_whole_or_absent_and_done_once_by_the_next_run(
    merchant: Merchant, processes: Processes, tmp_path: Path, step: str
) -> None:
    place, there = STEPS[step]
    command = [sys.executable, "-m", "tests.faults.dying_worker", "--marks", str(tmp_path), "--at", place]
    died = processes.start([*command, "--", "manage", "issue_invoices"], name="dying")

    assert died.wait(60) == -signal.SIGKILL, died.log

    assert Invoice.objects.count() == there
    assert Installment.objects.filter(status="INVOICED").count() == min(there, DUE)
    assert Event.objects.filter(name="issued").count() == there
    assert issue_for_all(now=database_now()) == DUE + BILLS - there
    assert issue_for_all(now=database_now()) == 0
    assert Invoice.objects.values("number").distinct().count() == Invoice.objects.count() == DUE + BILLS
    open_ended = Subscription.objects.get(type=Subscription.Type.OPEN_ENDED)
    sequences = list(open_ended.installments.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, open_ended.last_sequence + 1))
    assert len(sequences) >= 3
    assert find_differences(now=database_now()) == []
