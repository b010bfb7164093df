"""The audit finds what is planted, and nothing on a clean book."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from billing.clock import database_now
from billing.models import Bill, Event, NumberSequence, User
from invoices.audit.run import find_differences
from invoices.models import DeliveryAttempt, Invoice, Payment
from invoices.sandbox.models import SandboxInvoice
from invoices.services.errands import POLL, run_errands
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(days=40)


@pytest.fixture
def book(shop: SandboxedMerchant, policy: Any) -> SandboxedMerchant:
    """A paid bill, an open one, and a plan of three, all older than any sweep could excuse."""
    then = database_now() - LONG_AGO
    make_bill(shop.merchant, amount=Decimal(10), now=then)
    shop.issue()
    shop.push()
    shop.customer_pays(Invoice.objects.get())
    Invoice.objects.update(next_poll_at=database_now())
    run_errands(POLL, account_id=shop.account.pk, policy=policy)
    make_bill(shop.merchant, amount=Decimal(20), now=then)
    make_subscription(shop.merchant, "CUSTOM_SCHEDULE", now=then)
    shop.issue()
    shop.push()
    assert find_differences(now=database_now(), at_gateways=True) == []
    return shop


def found(**options: Any) -> set[str]:
    return {difference.invariant for difference in find_differences(now=database_now(), **options)}


def lose(**which: Any) -> None:
    """Delete invoices with all that belongs to them, as nothing of ours ever would."""
    invoices = Invoice.objects.filter(**which)
    DeliveryAttempt.objects.filter(invoice__in=invoices).delete()
    invoices.delete()


def never_invoice(model: Any) -> None:
    lose(**{f"{model.__name__.lower()}__isnull": False}, status="OPEN")
    if model is Installment:
        model.objects.filter(status="INVOICED").update(status="SCHEDULED", invoiced_at=None)
    else:
        model.objects.filter(status="PENDING").update(invoiced_at=None)


PLANTED = {
    "a deleted invoice": ("I3", lambda: lose(installment__sequence=2)),
    "an overlooked bill": ("I3", lambda: never_invoice(Bill)),
    "an overlooked installment": ("I3", lambda: never_invoice(Installment)),
    "a changed installment": ("I4", lambda: Installment.objects.filter(sequence=1).update(amount=Decimal(299))),
    "a deleted installment": (
        "I4",
        lambda: (
            lose(installment__sequence=3),
            Installment.objects.filter(sequence=3).delete(),
        ),
    ),
    "a payment without an enquiry": (
        "I5",
        lambda: Payment.objects.update(method="CASH", enquiry=None, transaction_token=None, recorded_by=_a_user()),
    ),
    "a changed payment": ("I6", lambda: Payment.objects.update(applied_amount=Decimal(9))),
    "a paid bill that is owed again": ("I7", lambda: Bill.objects.filter(status="PAID").update(status="PENDING")),
    "a gap in the numbers": ("I8", lambda: NumberSequence.objects.filter(kind="BILL").update(last_value=99)),
    "a foreign merchant's customer": (
        "I9",
        lambda: Bill.objects.filter(status="PENDING").update(customer=make_bill(make_merchant("stranger")).customer),
    ),
    "a push that never happened": (
        "I10",
        lambda: Invoice.objects.filter(status="OPEN").update(
            delivery="NEW", sent_at=None, next_attempt_at=database_now() - LONG_AGO
        ),
    ),
    "an abandoned lease": (
        "I10",
        lambda: Invoice.objects.filter(status="OPEN").update(
            delivery="SENDING", sent_at=None, lease_until=database_now() - LONG_AGO
        ),
    ),
    "a change nobody recorded": ("I11", lambda: Event.objects.filter(name="settled").delete()),
}


def _a_user() -> User:
    return User.objects.create_user("forger")


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_difference_is_found(book: SandboxedMerchant, what: str) -> None:
    invariant, plant = PLANTED[what]

    plant()

    assert invariant in found()


def test_a_second_live_invoice_at_the_gateway_is_found_by_asking(book: SandboxedMerchant) -> None:
    twin = SandboxInvoice.objects.filter(status=0).first()
    assert twin is not None
    twin.pk, twin.token = None, "twin"
    twin.save(force_insert=True)

    assert found() == set()
    assert found(at_gateways=True) == {"I2"}


def test_an_invoice_missing_at_the_gateway_is_found_by_asking(book: SandboxedMerchant) -> None:
    SandboxInvoice.objects.filter(status=0).update(reference_number="another")

    assert found(at_gateways=True) == {"I2"}


def test_the_command_prints_json_and_exits_with_1_on_a_difference(book: SandboxedMerchant) -> None:
    clean = StringIO()
    call_command("billing_audit", "--json", "--gateway", stdout=clean)
    assert json.loads(clean.getvalue()) == {"invoices": 5, "differences": []}

    Payment.objects.update(applied_amount=Decimal(9))
    dirty = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("billing_audit", "--json", stdout=dirty)

    assert ended.value.code == 1
    assert {row["invariant"] for row in json.loads(dirty.getvalue())["differences"]} == {"I6"}


def test_a_subscription_whose_sequence_has_a_hole_is_found(book: SandboxedMerchant) -> None:
    Subscription.objects.update(last_sequence=4)

    assert found() == {"I4"}
