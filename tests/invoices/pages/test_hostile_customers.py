"""What a hostile customer sends: odd addresses, odd names, and two things at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from billing.models import Bill, Customer
from invoices.documents.papers import account_paper, invoice_paper, print_paper, receipt_paper
from invoices.models import Invoice, Payment
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import at_once
from tests.invoices.callbacks.arrivals import come_back, pay, process, return_of
from tests.invoices.customer_pages.dues import list_of
from tests.invoices.documents.ledger import part_paid_bill
from tests.invoices.documents.reading import texts_of
from tests.invoices.pages.documents import form_of, make_shop, owed_bill, page_of, press, today_of
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

ODD = ("\0", "😀", "²", "٣", "\u202e", "a" * 3000, "-1")
PARAMETERS = ("lang", "n", "said", "from", "visit", "paper", "list", "grant", "data")
NAMES = {
    "overrides": "\u202e" + "moc.live\u202c",
    "emoji": "👩‍👩‍👧 " * 20,
    "long Arabic": "ل" * 200,
    "long Latin": "W" * 200,
    "marks": "a\u0301" * 100,
    "isolates": "\u2066x\u2067y",
}


@pytest.fixture
def shop_at_gateway(sandbox_settings: Any, live_server: Any) -> SandboxedMerchant:
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    merchant = make_merchant("razzbery", language="en")
    shop = connect_to_sandbox(merchant, base_url=live_server.url)
    make_bill(merchant)
    shop.issue()
    shop.push()
    return shop


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd)[:10])
def test_odd_addresses_are_answered_like_any_wrong_one(client: Client, odd: str) -> None:
    shop = make_shop()
    bill = owed_bill(shop)
    page, everything, query = page_of(bill), list_of(bill.customer), urlencode(dict.fromkeys(PARAMETERS, odd))

    for path in (page, everything, f"{page}/invoice.pdf", f"{page}/receipt.pdf", f"{page}/due.ics"):
        assert client.head(f"{path}?{query}&{query}").status_code in (200, 303, 404), path
    for path in (f"/{odd}/pay/x", f"/{odd}/c/x", f"/{odd}/r/x", f"/{odd}/logo/{'0' * 64}", f"/{odd}/gateway/return"):
        assert client.get(path, {"data": odd}).status_code in (303, 404), path
    for path in ("pay/", "c/", "r/", "gateway/checking/"):
        assert client.get(f"/razzbery/{path}{odd}").status_code in (200, 404), path
    assert client.get(page).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_odd_names_fit_every_page_and_document(client: Client, name: str) -> None:
    shop = make_shop()
    bill, payment = part_paid_bill(shop, customer_name=name, service_type=name, description=name)

    for path in (page_of(bill), list_of(bill.customer)):
        for language in ("en", "ar"):
            assert client.get(f"{path}?lang={language}").status_code == 200
    for paper in (
        invoice_paper(bill, language="ar", today=today_of(shop)),
        receipt_paper(payment, language="en"),
        receipt_paper(payment, language="ar", format="80mm"),
        account_paper(bill.customer, language="ar", today=today_of(shop)),
    ):
        assert len(texts_of(print_paper(paper))) == 1, paper.file_name


@pytest.mark.django_db(transaction=True)
def test_this_is_not_me_and_the_payment_at_once(shop_at_gateway: SandboxedMerchant) -> None:
    client, invoice = Client(), Invoice.objects.get()
    path = page_of(invoice.payable)
    form = form_of(client, path, "not-me")
    pay(shop_at_gateway, invoice)
    come_back(client, return_of(shop_at_gateway, invoice))

    failures = at_once(process, lambda: press(Client(), path, form), process, lambda: press(Client(), path, form))

    assert failures == []
    process()
    assert (Bill.objects.get().status, Payment.objects.count()) == ("PAID", 1)
    assert Customer.objects.get().messages_stopped_at is not None
