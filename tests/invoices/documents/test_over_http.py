"""Documents for whoever holds a link: as safe as the pages, and dearer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from billing.models import Bill, Merchant
from billing.services.links import customer_url
from invoices.models import Payment
from invoices.pages.visits import Visit, begin_visit
from subscriptions.models import Installment
from tests.factories import make_bill, make_subscription
from tests.invoices.documents.ledger import paid_plan, part_paid_bill
from tests.invoices.documents.reading import text_of
from tests.invoices.pages.documents import make_shop, page_of


def wrong_page(client: Client) -> bytes:
    return bytes(client.get("/razzbery/pay/wrong?lang=en").content)


def statement_of(bill: Bill) -> str:
    address = customer_url(merchant_username=bill.merchant.username, customer=bill.customer)
    return urlsplit(address).path + "/statement.pdf"


def test_a_pdf_is_shown_but_kept_by_nobody(client: Client, shop: Merchant) -> None:
    bill, payment = part_paid_bill(shop)

    response = client.get(f"{page_of(bill)}/receipt.pdf?lang=en&paper=80mm")

    assert response.status_code == 200
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="receipt-{payment.receipt_no}.pdf"'
    assert response["Content-Language"] == "en"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies


def test_each_receipt_has_its_own_address(client: Client, shop: Merchant) -> None:
    bill, _ = part_paid_bill(shop)
    other, theirs = part_paid_bill(shop)

    found = client.head(f"{page_of(other)}/receipt-{theirs.receipt_no}.pdf")
    of_another_bill = client.get(f"{page_of(bill)}/receipt-{theirs.receipt_no}.pdf?lang=en")

    assert found.status_code == 200
    assert of_another_bill.status_code == 404
    assert of_another_bill.content == wrong_page(client)


def test_a_preview_draws_nothing_and_numbers_nothing(client: Client, shop: Merchant) -> None:
    bill, _ = part_paid_bill(shop)
    Payment.objects.update(receipt_no=None)

    response = client.head(f"{page_of(bill)}/receipt.pdf")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert Payment.objects.get().receipt_no is None


WRONG = (
    *("pay/{0}/invoice.pdf", "pay/{0}/receipt.pdf", "pay/{0}/receipt-RCP-20260101-0001.pdf", "pay/{0}/clearance.pdf"),
    *("c/{0}/statement.pdf", "pay/{1}/invoice.pdf/", "pay/{1}/Invoice.pdf", "pay/{1}/receipt.pdf"),
    *("pay/{1}/clearance.pdf", "pay/{1}/receipt-RCP-1.pdf", "c/{1}/statement.pdf"),
)


@pytest.mark.parametrize("address", WRONG)
def test_whatever_is_wrong_gets_the_one_page(client: Client, shop: Merchant, address: str) -> None:
    bill = make_bill(shop)
    right = page_of(bill).rpartition("/")[2]
    changed = right[:-1] + ("A" if right[-1] != "A" else "B")

    response = client.get(f"/razzbery/{address.format(changed, right)}?lang=en")

    assert response.status_code == 404
    assert response.content == wrong_page(client)


def test_a_link_works_under_no_other_merchant(client: Client, shop: Merchant) -> None:
    make_shop("elsewhere")
    bill, _ = part_paid_bill(shop)

    for name in ("invoice.pdf", "receipt.pdf"):
        path = page_of(bill).replace("/razzbery/", "/elsewhere/")
        assert client.get(f"{path}/{name}").status_code == 404


def test_a_revoked_link_opens_no_document(client: Client, shop: Merchant) -> None:
    bill, _ = part_paid_bill(shop)
    path = page_of(bill)
    Bill.objects.update(link_version=2)

    assert client.get(f"{path}/invoice.pdf").status_code == 404


def test_a_certificate_waits_until_the_plan_is_paid(client: Client, shop: Merchant) -> None:
    make_subscription(shop)
    owed, paid = Installment.objects.earliest("pk"), paid_plan(shop).installments.earliest("pk")

    refused = client.get(f"{page_of(owed)}/clearance.pdf?lang=en")

    assert refused.status_code == 409
    assert "Not everything is paid yet" in refused.content.decode()
    assert client.head(f"{page_of(paid)}/clearance.pdf").status_code == 200


def test_the_statement_follows_the_customers_page(client: Client, shop: Merchant) -> None:
    bill, _ = part_paid_bill(shop)

    response = client.get(statement_of(bill) + "?lang=en")

    assert response["Content-Disposition"].startswith('inline; filename="statement-')
    assert "Statement of account" in text_of(response.content)


def test_where_the_phones_digits_are_asked_the_statement_asks_too(client: Client, shop: Merchant) -> None:
    shop.asks_phone_digits = True
    shop.save()
    bill, _ = part_paid_bill(shop)
    checked = begin_visit(bill.customer, Visit.Kind.CHECKED).text

    unasked, asked = client.get(statement_of(bill)), client.head(f"{statement_of(bill)}?visit={checked}")

    assert unasked.status_code == 303
    assert unasked["Location"] == statement_of(bill).removesuffix("/statement.pdf")
    assert asked.status_code == 200


def test_where_no_pdf_can_be_made_the_page_is_printed_instead(client: Client, shop: Merchant, settings: Any) -> None:
    bill, _ = part_paid_bill(shop)
    settings.PDF_DOCUMENTS = False

    response = client.get(f"{page_of(bill)}/invoice.pdf?lang=ar")

    assert response.status_code == 303
    assert response["Location"] == f"{page_of(bill)}?lang=ar"


def test_one_address_gets_so_many_documents_and_still_its_pages(client: Client, shop: Merchant, settings: Any) -> None:
    bill = make_bill(shop)
    settings.DOCUMENTS_PER_ADDRESS = "2/h"

    statuses = [client.get(f"{page_of(bill)}/receipt.pdf").status_code for _ in range(3)]

    assert statuses == [404, 404, 429]
    assert client.get(page_of(bill)).status_code == 200
    assert client.get(f"{page_of(bill)}/receipt.pdf", REMOTE_ADDR="192.0.2.9").status_code == 404


def test_other_methods_are_refused(client: Client, shop: Merchant) -> None:
    assert client.post(f"{page_of(make_bill(shop))}/invoice.pdf").status_code == 405
