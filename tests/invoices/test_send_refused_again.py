"""Sending again what the gateway refused: as a new invoice, since the refused reference may be taken there."""

from __future__ import annotations

import pytest

from billing.clock import database_now
from billing.models import Merchant
from invoices.models import Invoice
from invoices.sandbox.models import FaultKind, SandboxInvoice
from invoices.services.decisions import NothingToDecide, send_again
from tests.factories import make_bill, make_subscription
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["bill", "installment"])
def refused(request: pytest.FixtureRequest, shop: SandboxedMerchant) -> Invoice:
    if request.param == "bill":
        make_bill(shop.merchant)
    else:
        make_subscription(shop.merchant, "CUSTOM_SCHEDULE")
    shop.issue()
    Merchant.objects.update(falls_back=False)
    shop.fault(FaultKind.FIELD_ERRORS)
    shop.push()
    shop.no_faults()
    return Invoice.objects.filter(delivery=Invoice.Delivery.REJECTED).order_by("pk")[0]


def again(invoice: Invoice) -> Invoice:
    return send_again(merchant_id=invoice.merchant_id, invoice_id=invoice.pk, actor="user:1", now=database_now())


def test_a_refused_invoice_is_replaced_by_a_new_one(shop: SandboxedMerchant, refused: Invoice) -> None:
    replacement = again(refused)

    refused.refresh_from_db()
    assert (refused.status, refused.delivery, refused.cancel_reason) == (
        Invoice.Status.CANCELLED,
        Invoice.Delivery.REJECTED,
        Invoice.CancelReason.REPLACED,
    )
    assert (replacement.status, replacement.delivery) == (Invoice.Status.OPEN, Invoice.Delivery.NEW)
    assert (replacement.issue_no, replacement.amount) == (2, refused.amount)
    assert replacement.payable == refused.payable
    assert replacement.reference != refused.reference
    assert replacement.number != refused.number
    assert find_differences(now=database_now()) == []


def test_the_new_reference_is_what_the_gateway_gets(shop: SandboxedMerchant, refused: Invoice) -> None:
    replacement = again(refused)

    assert shop.push() == 1

    assert SandboxInvoice.objects.get().reference_number == replacement.reference
    replacement.refresh_from_db()
    assert replacement.delivery == Invoice.Delivery.SENT


def test_the_same_click_twice_makes_one(refused: Invoice) -> None:
    again(refused)

    with pytest.raises(NothingToDecide):
        again(refused)

    assert Invoice.objects.live().filter(bill=refused.bill, installment=refused.installment).count() == 1
