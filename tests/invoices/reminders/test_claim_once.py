"""However many workers look at once, and whenever one dies: one reminder, or none, never two."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from billing.clock import database_now
from billing.errors import DomainError
from invoices.models import Invoice, Reminder
from invoices.services.reminders.claims import claim_due_reminder
from invoices.services.reminders.plans import plan_of
from invoices.services.reminders.rows import CLAIM_LASTS, release_dead_claims
from invoices.services.reminders.rules import NothingToRemindOf, RemindedToday
from invoices.services.reminders.sending import Outcome, record_reminder_outcome
from tests.invoices.acts import take
from tests.invoices.reminders.calendar import invoiced_bill, let_days_pass, remind, reminders, write_plan
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owing(shop: SandboxedMerchant, sandbox_settings: Any) -> SandboxedMerchant:
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    write_plan(shop.merchant, 0, 1)
    invoiced_bill(shop)
    return shop


def claim(shop: SandboxedMerchant, invoice: Invoice) -> Reminder:
    return claim_due_reminder(invoice_id=invoice.pk, plan=plan_of(shop.merchant), now=database_now())


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each returned or raised, all begun at the same moment."""
    outcomes: list[object] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            outcomes.append(act())
        except Exception as failure:
            outcomes.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_two_workers_make_one_reminder_of_one_bill(owing: SandboxedMerchant) -> None:
    invoice = Invoice.objects.get()

    outcomes = at_once([lambda: claim(owing, invoice)] * 4)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["RemindedToday"] * 3 + ["Reminder"]
    assert reminders() == [(0, "GATEWAY", "CLAIMED")]


def test_two_workers_with_two_bills_of_a_customer_make_one_reminder(owing: SandboxedMerchant) -> None:
    invoiced_bill(owing)
    first, second = Invoice.objects.order_by("pk")

    outcomes = at_once([lambda: claim(owing, first), lambda: claim(owing, second)])

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["RemindedToday", "Reminder"]
    assert Reminder.objects.count() == 1


def test_two_sweeps_beside_each_other_send_one_message(owing: SandboxedMerchant) -> None:
    messages = len(owing.messages())

    outcomes = at_once([lambda: remind(owing)] * 2)

    assert sorted(outcomes) == [0, 1]  # type: ignore[type-var]
    assert len(owing.messages()) == messages + 1


def test_a_payment_between_search_and_claim_is_seen(owing: SandboxedMerchant) -> None:
    found = Invoice.objects.get()
    take(found.payable, "150.500")

    with pytest.raises(NothingToRemindOf):
        claim(owing, found)

    assert reminders() == []


def test_a_claim_whose_process_died_is_unknown_and_never_sent_again(owing: SandboxedMerchant) -> None:
    claim(owing, Invoice.objects.get())
    messages = len(owing.messages())

    assert remind(owing) == 0
    assert reminders() == [(0, "GATEWAY", "CLAIMED")]
    assert release_dead_claims(now=database_now() + CLAIM_LASTS) == 1
    assert remind(owing) == 0

    assert reminders() == [(0, "GATEWAY", "UNKNOWN")]
    assert len(owing.messages()) == messages
    let_days_pass(1)
    assert remind(owing) == 1


def test_an_outcome_that_comes_after_the_claim_was_given_up_is_still_believed(owing: SandboxedMerchant) -> None:
    reminder = claim(owing, Invoice.objects.get())
    release_dead_claims(now=database_now() + CLAIM_LASTS)

    record_reminder_outcome(reminder, Outcome(status=Reminder.Status.SENT), now=database_now())

    reminder.refresh_from_db()
    assert (reminder.status, reminder.detail) == ("SENT", "")


def test_a_claim_is_good_for_its_own_day_only(owing: SandboxedMerchant) -> None:
    invoice = Invoice.objects.get()
    claim(owing, invoice)

    with pytest.raises(RemindedToday):
        claim(owing, invoice)
    with pytest.raises(DomainError):
        claim_due_reminder(invoice_id=invoice.pk, plan=plan_of(owing.merchant), now=database_now() - timedelta(days=1))

    assert Reminder.objects.count() == 1
