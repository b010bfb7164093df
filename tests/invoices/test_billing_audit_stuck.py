"""The audit sees what stands still, and raises no alarm over what staff already know."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.models import Bill
from invoices.audit.difference import Difference
from invoices.models import Enquiry, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.enquiry import Answer
from invoices.services.issuing import renew_invoice
from tests.factories import make_bill
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


def found() -> list[tuple[str, str]]:
    return [_place(difference) for difference in find_differences(now=database_now())]


def _place(difference: Difference) -> tuple[str, str]:
    return difference.invariant, difference.subject


@pytest.mark.parametrize("delivery", [Invoice.Delivery.NEW, Invoice.Delivery.REJECTED])
@pytest.mark.parametrize(("minutes", "expected"), [(9, []), (11, [("I10", "Invoice")])])
def test_an_invoice_to_be_cancelled_that_is_nowhere_does_not_stay_open(
    shop: SandboxedMerchant, delivery: str, minutes: int, expected: list[tuple[str, str]]
) -> None:
    make_bill(shop.merchant)
    shop.issue()
    Invoice.objects.update(delivery=delivery, cancel_requested_at=database_now() - timedelta(minutes=minutes))

    assert found() == expected


@pytest.mark.parametrize("first", ["the expired", "the renewed"])
def test_an_invoice_and_its_renewal_both_paid_are_no_difference_once_staff_see_the_surplus(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy, first: str
) -> None:
    Invoice.objects.update(status=Invoice.Status.EXPIRED)
    renewed = renew_invoice(payable=Bill.objects.get(), actor="user:1", now=database_now())
    shop.push()

    for invoice in (sent, renewed) if first == "the expired" else (renewed, sent):
        paid = Answer(
            finding=Enquiry.Finding.PAID,
            reference=invoice.reference,
            paid_amount=Decimal("100.000"),
            transaction_token=f"T-{invoice.issue_no}",
        )
        apply_answer(invoice_id=invoice.pk, answer=paid, policy=policy, now=database_now())

    assert list(Payment.objects.order_by("pk").values_list("applied_amount", "review_reason")) == [
        (Decimal("100.000"), ""),
        (Decimal(0), Payment.Review.OVERPAID),
    ]
    assert found() == []
    Payment.objects.update(review_reason="")
    assert ("I3", "Bill") in found()
