"""A bill was changed while its link was out: the old one dies at the gateway, then a new one asks for what is owed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.models import Bill
from billing.services import change_bill
from invoices.models import Invoice, Payment
from invoices.sandbox.models import FaultKind, InvoiceStatus
from invoices.services import sweeps
from invoices.services.issuing_for_all import issue_for_all
from invoices.services.outdated import compare_all, replace_outdated
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import at_once, cancel, cancel_at_gateway, take, tidy_later
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Reason = Invoice.CancelReason
Status = Invoice.Status
DAY = date(2025, 12, 31)


def change(amount: str, due_date: date = DAY) -> None:
    bill = Bill.objects.get()
    change_bill(
        merchant_id=bill.merchant_id,
        bill_id=bill.pk,
        amount=Decimal(amount),
        due_date=due_date,
        actor="user:1",
        now=database_now(),
    )


def tidy() -> dict[str, int]:
    return sweeps.tidy(now=database_now())


@pytest.mark.parametrize(("amount", "due_date"), [("150", DAY), ("60", DAY), ("100", date(2026, 3, 1))])
def test_the_old_link_dies_at_the_gateway_before_a_new_one_is_issued(
    shop: SandboxedMerchant, sent: Invoice, amount: str, due_date: date
) -> None:
    change(amount, due_date)

    assert tidy()["outdated"] == 1
    assert Invoice.objects.get().status == Status.OPEN  # nothing new before the gateway has confirmed
    cancel_at_gateway(shop)
    assert tidy()["renewed"] == 1

    sent.refresh_from_db()
    assert (sent.status, sent.cancel_reason) == (Status.CANCELLED, Reason.AMOUNT_CHANGED)
    assert shop.at_gateway(sent).status == InvoiceStatus.CANCELLED
    renewed = Invoice.objects.live().get()
    assert (renewed.amount, renewed.due_date, renewed.issue_no) == (Decimal(amount), due_date, 2)
    assert shop.push() == 1
    assert find_differences(now=database_now()) == []


def test_nothing_is_cancelled_for_a_change_that_was_taken_back(sent: Invoice) -> None:
    change("150")
    change("100")

    assert tidy()["outdated"] == 0

    assert Invoice.objects.get().cancel_requested_at is None
    assert not Bill.objects.changed().exists()


def test_what_the_gateway_never_had_is_replaced_at_once(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant, amount=Decimal(100))
    shop.issue()
    change("150")

    done = tidy()

    assert (done["outdated"], done["renewed"]) == (1, 1)
    assert Invoice.objects.live().get().amount == Decimal(150)
    assert shop.book()["totals"]["create_calls"] == 0


def test_the_sweep_twice_asks_once(sent: Invoice) -> None:
    change("150")

    assert [replace_outdated(now=database_now()) for _ in range(3)] == [1, 0, 0]


def test_two_sweeps_at_once_make_one_successor(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant, amount=Decimal(100))
    shop.issue()
    change("150")

    assert at_once(tidy, tidy) == []
    tidy()

    assert sorted(Invoice.objects.values_list("issue_no", "status")) == [(1, Status.CANCELLED), (2, Status.OPEN)]


def test_changes_and_sweeps_at_once_end_with_one_invoice_that_is_right(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant, amount=Decimal(100))
    shop.issue()
    acts = [act for amount in ("110", "120", "130") for act in (lambda amount=amount: change(amount), tidy)]

    assert at_once(*acts) == []
    tidy()

    live = Invoice.objects.live().get()
    assert (live.amount, live.cancel_requested_at) == (Bill.objects.get().amount, None)
    assert not Bill.objects.changed().exists()
    assert find_differences(now=database_now()) == []


def test_while_the_gateway_is_silent_there_is_no_second_link(shop: SandboxedMerchant, sent: Invoice) -> None:
    change("150")
    tidy()
    shop.fault(FaultKind.REFUSED_500, applies_to="ALL")

    cancel_at_gateway(shop)
    tidy_later()

    assert Invoice.objects.get().status == Status.OPEN
    assert shop.book()["totals"]["not_cancelled"] == 1


def test_money_that_came_on_the_old_link_counts_and_the_rest_is_asked_for(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    change("150")
    tidy()
    shop.customer_pays(sent)

    cancel_at_gateway(shop)
    assert tidy()["renewed"] == 1

    sent.refresh_from_db()
    assert (sent.status, Bill.objects.get().amount_paid) == (Status.PAID, Decimal(100))
    assert Invoice.objects.live().get().amount == Decimal(50)
    assert find_differences(now=database_now()) == []


def test_more_money_than_the_changed_bill_wants_is_shown_to_staff(shop: SandboxedMerchant, sent: Invoice) -> None:
    change("60")
    tidy()
    shop.customer_pays(sent)

    cancel_at_gateway(shop)
    assert tidy()["renewed"] == 0

    payment = Payment.objects.get()
    assert (payment.applied_amount, payment.review_reason) == (Decimal(60), Payment.Review.OVERPAID)
    assert Bill.objects.get().status == Bill.Status.PAID
    assert not Invoice.objects.live().exists()
    assert find_differences(now=database_now()) == []


def test_a_bill_that_its_new_amount_settles_loses_its_link_and_gets_none(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    take(Bill.objects.get(), "40")
    tidy_later()
    shop.push()
    change("40")

    tidy()
    cancel_at_gateway(shop)
    tidy_later()

    assert Bill.objects.get().status == Bill.Status.PAID
    assert set(Invoice.objects.values_list("status", "cancel_reason")) == {(Status.CANCELLED, Reason.PAID_OTHERWISE)}


def test_an_invoice_that_staff_are_taking_back_is_not_followed(shop: SandboxedMerchant, sent: Invoice) -> None:
    cancel(sent)
    change("150")

    tidy()
    cancel_at_gateway(shop)
    tidy_later()

    assert Invoice.objects.get().cancel_reason == Reason.BY_STAFF


def test_the_hourly_comparison_finds_what_nobody_marked(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant, amount=Decimal(100))
    make_subscription(
        shop.merchant,
        Subscription.Type.CUSTOM_SCHEDULE,
        total_amount=Decimal(2),
        custom_installments=((DAY, Decimal(1), "moved"), (date(2025, 12, 30), Decimal(1), "skipped")),
    )
    shop.issue()
    Bill.objects.update(amount_paid=Decimal(30))
    Installment.objects.filter(description="moved").update(due_date=date(2026, 4, 1))
    Installment.objects.filter(description="skipped").update(status=Installment.Status.SKIPPED)
    assert tidy()["outdated"] == 0

    assert [compare_all(now=database_now()) for _ in range(2)] == [3, 0]

    reasons = dict(Invoice.objects.values_list("amount", "cancel_reason").filter(bill__isnull=False))
    assert reasons == {Decimal(100): Reason.AMOUNT_CHANGED}
    skipped = Invoice.objects.get(installment__description="skipped")
    assert (skipped.cancel_reason, skipped.renew_when_cancelled) == (Reason.PAYABLE_CANCELLED, False)
    moved = Invoice.objects.get(installment__description="moved")
    assert (moved.cancel_reason, moved.renew_when_cancelled) == (Reason.AMOUNT_CHANGED, True)


def test_invoices_that_ask_for_the_right_thing_are_left_alone(shop: SandboxedMerchant, sent: Invoice) -> None:
    make_subscription(make_merchant("other"), Subscription.Type.CUSTOM_SCHEDULE)
    issue_for_all(now=database_now())

    assert compare_all(now=database_now()) == 0

    assert not Invoice.objects.exclude(cancel_requested_at=None).exists()
