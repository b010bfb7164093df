"""Money taken by two at once, or taken and then not recorded: counted once, and the customer keeps a link."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from billing.clock import database_now
from billing.models import Bill, Merchant
from invoices.models import Enquiry, GatewayAccount, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services import settling
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.enquiry import Answer
from invoices.services.issuing import renew_invoice
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import at_once, cancel_at_gateway, take, tidy_later
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_second_taking_seen_before_the_first_was_recorded_is_refused(sent: Invoice) -> None:
    first_screen, second_screen = Bill.objects.get(), Bill.objects.get()
    take(first_screen, "40")

    with pytest.raises(settling.ChangedMeanwhile):
        take(second_screen, "40")

    assert Payment.objects.get().amount == Decimal("40.000")
    assert Bill.objects.get().amount_paid == Decimal("40.000")


def test_a_second_taking_of_an_installment_is_refused_too(shop: SandboxedMerchant) -> None:
    plan = make_subscription(shop.merchant, "CUSTOM_SCHEDULE")
    first_screen, second_screen = plan.installments.get(sequence=1), plan.installments.get(sequence=1)
    take(first_screen, "100")

    with pytest.raises(settling.ChangedMeanwhile):
        take(second_screen, "100")

    assert Payment.objects.get().amount == Decimal("100.000")


def test_of_two_takings_at_the_same_moment_one_is_recorded(sent: Invoice) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs writers one after another")
    screens = [Bill.objects.get(), Bill.objects.get()]

    failures = at_once(*[lambda screen=screen: take(screen, "40") for screen in screens])

    assert [type(failure) for failure in failures] == [settling.ChangedMeanwhile]
    assert Payment.objects.get().amount == Decimal("40.000")
    assert find_differences(now=database_now()) == []


def test_who_looks_again_may_take_the_rest(sent: Invoice) -> None:
    take(Bill.objects.get(), "40")
    take(Bill.objects.get(), "60")

    assert Bill.objects.get().status == Bill.Status.PAID
    assert tidy_later()["renewed"] == 0


def test_a_taking_that_could_not_kill_the_link_in_time_is_followed_by_a_new_one(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    shop.fault(FaultKind.REFUSED_500, applies_to="CANCEL")
    with pytest.raises(settling.LinkStillLive):
        take(Bill.objects.get(), "100")

    shop.no_faults()
    GatewayAccount.objects.update(breaker_open_until=None, consecutive_failures=0)
    cancel_at_gateway(shop)
    tidy_later()

    assert shop.at_gateway(sent).status == 3
    link = Invoice.objects.live().get()
    assert (link.amount, link.issue_no) == (Decimal("100.000"), 2)
    assert not Payment.objects.exists()


def test_a_taking_refused_after_it_killed_the_link_is_followed_by_a_new_one(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    stale_screen = Bill.objects.get()
    take(Bill.objects.get(), "40")
    tidy_later()
    shop.push()

    with pytest.raises((settling.ChangedMeanwhile, settling.MoreThanOwed)):
        take(stale_screen, "100")
    tidy_later()

    assert Invoice.objects.live().get().amount == Decimal("60.000")
    assert Payment.objects.get().amount == Decimal("40.000")


def test_no_link_follows_when_all_was_taken(sent: Invoice) -> None:
    take(Bill.objects.get(), "100")

    assert tidy_later()["renewed"] == 0
    assert not Invoice.objects.live().exists()


def test_a_part_in_cash_after_the_link_expired_is_followed_by_a_link_for_the_rest(sent: Invoice) -> None:
    Invoice.objects.update(status=Invoice.Status.EXPIRED, expires_on=database_now().date() - timedelta(days=9))

    take(Bill.objects.get(), "40")
    assert tidy_later()["renewed"] == 1

    rest = Invoice.objects.live().get()
    assert (rest.amount, rest.issue_no) == (Decimal("60.000"), 2)
    assert tidy_later()["renewed"] == 0


def test_cash_is_in_the_documents_currency(shop: SandboxedMerchant) -> None:
    bill = make_bill(shop.merchant, amount=Decimal("100.000"))
    plan = make_subscription(shop.merchant, "CUSTOM_SCHEDULE")
    Merchant.objects.update(currency="KWD")

    payments = [take(Bill.objects.get(pk=bill.pk), "100"), take(plan.installments.get(sequence=1), "300")]

    assert {payment.currency for payment in payments} == {"JOD"}


def test_payments_of_two_invoices_of_one_bill_do_not_wait_for_each_other(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs writers one after another")
    Invoice.objects.update(status=Invoice.Status.EXPIRED)
    renewed = renew_invoice(payable=Bill.objects.get(), actor="user:1", now=database_now())
    shop.push()

    def book(invoice: Invoice) -> None:
        paid = Answer(
            finding=Enquiry.Finding.PAID,
            reference=invoice.reference,
            paid_amount=Decimal("100.000"),
            transaction_token=f"T-{invoice.issue_no}",
        )
        apply_answer(invoice_id=invoice.pk, answer=paid, policy=policy, now=database_now())

    def hold_the_bill_until_both_wait() -> None:
        with transaction.atomic():
            Bill.objects.select_for_update().get()
            time.sleep(0.5)

    failures = at_once(hold_the_bill_until_both_wait, lambda: book(sent), lambda: book(renewed))

    assert failures == []
    assert sorted(Payment.objects.values_list("applied_amount", flat=True)) == [Decimal(0), Decimal("100.000")]
    assert find_differences(now=database_now()) == []
