"""The payment page's address on the pages of what is to be paid: to be copied, and as a QR code while it is owed."""

from __future__ import annotations

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Merchant, Role
from invoices.documents.qr import draw_qr
from invoices.services.issuing import issue_due
from invoices.services.orders import payable_url
from invoices.services.payables import Payable
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    """With a bill and an installment, both invoiced."""
    merchant = make_merchant()
    make_bill(merchant)
    make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE)
    issue_due(merchant=merchant, now=timezone.now())
    return merchant


def page_of(client: Client, row: Model) -> str:
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return client.get(address).content.decode()


def test_pages_of_bills_installments_and_invoices_show_it_with_its_code(merchant: Merchant) -> None:
    viewer = signed_in(make_staff(merchant, Role.VIEWER))
    bill, installment = merchant.bills.get(), Installment.objects.get(merchant=merchant, sequence=1)
    payables: list[tuple[Model, Payable]] = [(bill, bill), (installment, installment), (bill.invoices.get(), bill)]

    for row, payable in payables:
        url, page = payable_url(payable), page_of(viewer, row)
        assert f'data-copy="{url}"' in page
        assert draw_qr(url) in page


def test_what_is_not_owed_any_more_keeps_the_address_alone(merchant: Merchant) -> None:
    merchant.bills.update(status="CANCELLED")
    bill = merchant.bills.get()

    page = page_of(signed_in(make_staff(merchant, Role.VIEWER)), bill)

    assert f'data-copy="{payable_url(bill)}"' in page
    assert "office-qr" not in page


def test_a_customers_page_leads_to_a_new_bill_for_those_who_may_make_one(merchant: Merchant) -> None:
    customer = merchant.customers.get()
    address = f"/admin/billing/bill/add/?customer={customer.pk}"

    offered = {role: address in page_of(signed_in(make_staff(merchant, role)), customer) for role in Role}

    assert {role for role, is_offered in offered.items() if is_offered} == {Role.OWNER, Role.MANAGER, Role.CLERK}
