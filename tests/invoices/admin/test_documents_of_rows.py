"""Staff open documents from a row's page, in full; whoever works elsewhere finds none."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from billing.models import Merchant, Role
from invoices.models import Payment
from subscriptions.models import Installment
from tests.factories import make_subscription
from tests.invoices.documents.ledger import part_paid_bill
from tests.invoices.documents.reading import text_of
from tests.invoices.pages.documents import make_shop
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def print_of(row: Any, name: str) -> str:
    return page_of(row).removesuffix("change/") + f"print/{name}.pdf"


def test_every_page_links_to_its_documents(shop: Merchant) -> None:
    bill, payment = part_paid_bill(shop)
    make_subscription(shop)
    client = signed_in(make_staff(shop, Role.VIEWER))

    printed = {
        bill: ["invoice"],
        payment: ["receipt", "receipt-80mm"],
        bill.customer: ["statement"],
        Installment.objects.earliest("pk"): ["invoice", "clearance"],
    }
    for row, names in printed.items():
        page = client.get(page_of(row)).content.decode()
        for name in names:
            assert f"{print_of(row, name)}?lang=ar" in page
            assert f"{print_of(row, name)}?lang=en" in page


def test_staff_print_the_customers_name_in_full(shop: Merchant) -> None:
    _, payment = part_paid_bill(shop, customer_name="Layla Haddad")
    client = signed_in(make_staff(shop, Role.VIEWER))

    response = client.get(print_of(payment, "receipt-80mm") + "?lang=en")

    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    assert "Layla Haddad" in text_of(response.content)


def test_a_payment_without_a_number_gets_it_when_its_receipt_is_printed(shop: Merchant) -> None:
    _, payment = part_paid_bill(shop)
    Payment.objects.update(receipt_no=None)

    signed_in(make_staff(shop, Role.VIEWER)).get(print_of(payment, "receipt-80mm"))

    assert Payment.objects.get().receipt_no


def test_a_plan_that_is_not_paid_has_no_certificate_yet(shop: Merchant) -> None:
    make_subscription(shop)
    installment = Installment.objects.earliest("pk")
    client = signed_in(make_staff(shop, Role.VIEWER))

    response = client.get(print_of(installment, "clearance"), follow=True)

    assert response.redirect_chain == [(page_of(installment), 302)]
    assert told(response) == ["The certificate is made once every installment is paid."]


def test_staff_of_another_merchant_find_nothing(shop: Merchant) -> None:
    bill, payment = part_paid_bill(shop)
    make_subscription(shop)
    client = signed_in(make_staff(make_shop("elsewhere"), Role.OWNER))

    for row, name in [
        (bill, "invoice"),
        (payment, "receipt"),
        (bill.customer, "statement"),
        (Installment.objects.earliest("pk"), "invoice"),
    ]:
        assert client.get(print_of(row, name)).status_code == 404


def test_an_unknown_document_is_not_found(shop: Merchant) -> None:
    bill, _ = part_paid_bill(shop)

    assert signed_in(make_staff(shop, Role.OWNER)).get(print_of(bill, "receipt")).status_code == 404


def test_where_no_pdf_can_be_made_the_page_says_why(shop: Merchant, settings: Any) -> None:
    bill, _ = part_paid_bill(shop)
    settings.PDF_DOCUMENTS = False
    client = signed_in(make_staff(shop, Role.OWNER))

    page = client.get(page_of(bill)).content.decode()
    refused = client.get(print_of(bill, "invoice"), follow=True)

    assert "pango is not installed" in page
    assert print_of(bill, "invoice") not in page
    assert told(refused) == ["This server cannot make PDF files. Print the page in the browser instead."]
