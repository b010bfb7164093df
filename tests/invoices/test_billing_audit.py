"""The audit finds each thing that is planted, and names it; on a clean book, however rich, it finds nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from billing.clock import database_now
from billing.models import Bill, Customer, Event, Merchant, User
from billing.services import cancel_bill
from invoices.models import DeliveryAttempt, Enquiry, Invoice, Payment
from invoices.sandbox.models import SandboxInvoice
from subscriptions.models import Installment, Subscription
from subscriptions.services import cancel_subscription, pause_subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import cancel, cancel_at_gateway, poll, take, tidy_later
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(days=40)


@pytest.fixture
def book(shop: SandboxedMerchant) -> SandboxedMerchant:
    """A paid bill, an open one, and a plan of three, all older than any sweep could excuse."""
    then = database_now() - LONG_AGO
    make_bill(shop.merchant, amount=Decimal(10), now=then)
    shop.issue()
    shop.push()
    shop.customer_pays(Invoice.objects.get())
    poll(shop)
    make_bill(shop.merchant, amount=Decimal(20), now=then)
    make_subscription(shop.merchant, "CUSTOM_SCHEDULE", now=then)
    shop.issue()
    shop.push()
    assert find_differences(now=database_now(), at_gateways=True) == []
    return shop


def found(**options: Any) -> set[tuple[str, str, str]]:
    differences = find_differences(now=database_now(), **options)
    return {(each.invariant, each.subject, each.problem) for each in differences}


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


def double() -> None:
    """The same once more, with a number and reference of its own, as paid."""
    twin = Invoice.objects.get(installment__sequence=1)
    twin.pk, twin.issue_no = None, 2
    twin.number, twin.reference = f"{twin.number}1", f"{twin.number}1-twin"
    twin.status, twin.paid_at = Invoice.Status.PAID, database_now()
    twin.save(force_insert=True)


def forge_payment() -> None:
    forger = User.objects.create_user("forger")
    Payment.objects.update(method="CASH", enquiry=None, transaction_token=None, recorded_by=forger)


def repeat_attempt() -> None:
    attempt = DeliveryAttempt.objects.filter(invoice__installment__sequence=1).get()
    attempt.pk = None
    attempt.save(force_insert=True)


def another_enquiry(**changes: Any) -> Callable[[], Any]:
    return lambda: Enquiry.objects.filter(finding="PAID").update(**changes)


def another_customer() -> Customer:
    return make_bill(Merchant.objects.get(), customer_phone="0790000001").customer


ELSEWHERE = "it names another customer than its bill or subscription"
UNPROVEN = "the gateway never said of its invoice that so much was paid"
PLANTED: dict[str, tuple[Callable[[], Any], tuple[str, str, str]]] = {
    "a deleted invoice": (
        lambda: lose(installment__sequence=2),
        ("I3", "Installment", "its invoice is gone"),
    ),
    "a doubled invoice": (double, ("I3", "Installment", "it has more than one live or paid invoice")),
    "an overlooked bill": (lambda: never_invoice(Bill), ("I3", "Bill", "it is owed and was never invoiced")),
    "an overlooked installment": (
        lambda: never_invoice(Installment),
        ("I3", "Installment", "it is due and was never invoiced"),
    ),
    "an invoice over another amount": (
        lambda: Invoice.objects.filter(installment__sequence=1).update(amount=Decimal(299)),
        ("I3", "Invoice", "it asks for another amount than is owed"),
    ),
    "an invoice for what is cancelled": (
        lambda: (
            Bill.objects.filter(status="PENDING").update(status="CANCELLED", cancelled_at=database_now()),
            Event.objects.filter(subject="BILL").update(occurred_at=database_now() - LONG_AGO),
        ),
        ("I3", "Invoice", "it asks for another amount than is owed"),
    ),
    "a changed installment": (
        lambda: Installment.objects.filter(sequence=1).update(amount=Decimal(299)),
        ("I4", "Subscription", "its installments do not sum to its total"),
    ),
    "a deleted installment": (
        lambda: (lose(installment__sequence=3), Installment.objects.filter(sequence=3).delete()),
        ("I4", "Subscription", "installments are missing from its sequence"),
    ),
    "a payment made out to be cash": (
        forge_payment,
        ("I5", "Invoice", "it is paid without an answer of the gateway that says so"),
    ),
    "a payment whose enquiry found none": (another_enquiry(finding="UNPAID"), ("I5", "Payment", UNPROVEN)),
    "a payment whose enquiry named another amount": (another_enquiry(amount=9), ("I5", "Payment", UNPROVEN)),
    "a payment whose enquiry named another reference": (another_enquiry(reference="x"), ("I5", "Payment", UNPROVEN)),
    "a payment whose enquiry asked another account": (another_enquiry(merchant_code="x"), ("I5", "Payment", UNPROVEN)),
    "an installment paid without money": (
        lambda: Installment.objects.filter(sequence=1).update(
            status="PAID", amount_paid=Decimal(300), paid_at=database_now()
        ),
        ("I6", "Installment", "its payments do not sum to what it says was paid"),
    ),
    "a changed payment": (
        lambda: Payment.objects.update(applied_amount=Decimal(9)),
        ("I6", "Bill", "its payments do not sum to what it says was paid"),
    ),
    "a paid bill that is owed again": (
        lambda: Bill.objects.filter(status="PAID").update(status="PENDING"),
        ("I7", "Bill", "it was paid once and is not now"),
    ),
    "a foreign merchant's customer": (
        lambda: Bill.objects.filter(status="PENDING").update(customer=make_bill(make_merchant("stranger")).customer),
        ("I9", "Bill", "a row it refers to belongs to another merchant"),
    ),
    "a foreign merchant's installment": (
        lambda: Installment.objects.filter(sequence=3).update(merchant=make_merchant("stranger")),
        ("I9", "Invoice", "a row it refers to belongs to another merchant"),
    ),
    "an invoice left with somebody else": (
        lambda: Subscription.objects.update(customer=another_customer()),
        ("I9", "Invoice", ELSEWHERE),
    ),
    "a payment left with somebody else": (
        lambda: (
            Bill.objects.filter(status="PAID").update(customer=another_customer()),
            Invoice.objects.filter(bill__status="PAID").update(customer=another_customer()),
        ),
        ("I9", "Payment", ELSEWHERE),
    ),
    "a call that made an invoice twice": (
        repeat_attempt,
        ("I2", "Invoice", "the gateway has made an invoice for it more than once"),
    ),
    "a push without a call": (
        lambda: DeliveryAttempt.objects.filter(invoice__installment__sequence=1).delete(),
        ("I2", "Invoice", "it is called sent, and no call or answer of the gateway says so"),
    ),
    "a push that never happened": (
        lambda: Invoice.objects.filter(status="OPEN").update(
            delivery="NEW", sent_at=None, next_attempt_at=database_now() - LONG_AGO
        ),
        ("I10", "Invoice", "it has been due to be sent for too long"),
    ),
    "an abandoned lease": (
        lambda: Invoice.objects.filter(status="OPEN").update(
            delivery="SENDING", sent_at=None, lease_until=database_now() - LONG_AGO
        ),
        ("I10", "Invoice", "its lease ran out ten minutes ago"),
    ),
    "a lost event": (
        lambda: Event.objects.filter(name="settled").delete(),
        ("I11", "Bill", "its timeline lacks an event"),
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_difference_is_found_and_named(book: SandboxedMerchant, what: str) -> None:
    plant, expected = PLANTED[what]

    plant()

    assert expected in found()


def test_a_rich_and_clean_book_has_no_difference(shop: SandboxedMerchant, book: SandboxedMerchant) -> None:
    Merchant.objects.update(messages_per_day=0)
    then = database_now() - timedelta(days=70)
    of_merchant = {"merchant_id": shop.merchant.pk, "actor": "user:1", "now": database_now()}
    for kind in Subscription.Type:
        make_subscription(shop.merchant, kind, now=then)
    paused = make_subscription(shop.merchant, "OPEN_ENDED")
    pause_subscription(subscription_id=paused.pk, **of_merchant)
    dropped = make_subscription(shop.merchant, "FIXED_MONTHLY")
    given_up = make_bill(shop.merchant, amount=Decimal(30))
    part_paid = make_bill(shop.merchant, amount=Decimal(40))
    shop.issue()
    shop.push()

    cancel_subscription(subscription_id=dropped.pk, **of_merchant)
    cancel_bill(bill_id=given_up.pk, reason="moved away", **of_merchant)
    cancel(Invoice.objects.filter(status="OPEN", bill=None).order_by("pk")[0])
    take(part_paid, "15.000")
    shop.customer_pays(Invoice.objects.filter(status="OPEN", installment__sequence=1).order_by("-pk")[0])
    poll(shop)
    tidy_later()
    cancel_at_gateway(shop)
    tidy_later()
    shop.push()

    assert Invoice.objects.filter(status="CANCELLED").count() >= 3
    assert Payment.objects.count() == 3
    assert find_differences(now=database_now(), at_gateways=True) == []


def test_a_second_live_invoice_at_the_gateway_is_found_by_asking(book: SandboxedMerchant) -> None:
    twin = SandboxInvoice.objects.filter(status=0).first()
    assert twin is not None
    twin.pk, twin.token = None, "twin"
    twin.save(force_insert=True)

    assert found() == set()
    assert found(at_gateways=True) == {("I2", "Invoice", "several invoices can be paid at the gateway")}


def test_an_invoice_missing_at_the_gateway_is_found_by_asking(book: SandboxedMerchant) -> None:
    SandboxInvoice.objects.filter(status=0).update(reference_number="another")

    assert found(at_gateways=True) == {("I2", "Invoice", "we hold it open and sent, the gateway has none")}


def test_the_command_prints_json_and_exits_with_1_on_a_difference(book: SandboxedMerchant) -> None:
    clean = StringIO()
    call_command("billing_audit", "--json", "--gateway", stdout=clean)
    assert json.loads(clean.getvalue()) == {"periods": 3, "held": 0, "invoices": 5, "differences": []}

    Payment.objects.update(applied_amount=Decimal(9))
    dirty = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("billing_audit", "--json", stdout=dirty)

    assert ended.value.code == 1
    assert {row["invariant"] for row in json.loads(dirty.getvalue())["differences"]} == {"I6"}


def test_the_command_says_in_a_line_what_it_counted(book: SandboxedMerchant) -> None:
    clean = StringIO()

    call_command("billing_audit", stdout=clean)

    assert clean.getvalue() == "3 periods (0 held), 5 invoices, 0 differences\n"


def test_a_subscription_whose_sequence_has_a_hole_is_found(book: SandboxedMerchant) -> None:
    Subscription.objects.update(last_sequence=4)

    assert found() == {("I4", "Subscription", "installments are missing from its sequence")}
