"""Whoever scans a receipt sees whether it is genuine, and not a word beyond what stands on it."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlsplit

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Merchant
from invoices.documents.receipt import verification_url
from invoices.models import Payment, Refund
from tests.invoices.acts import take
from tests.invoices.documents.ledger import give_back, part_paid_bill
from tests.invoices.pages.documents import make_shop, page_of


def path_of(payment: Payment) -> str:
    return urlsplit(verification_url(payment)).path


def test_a_genuine_receipt_is_confirmed_with_what_stands_on_it(client: Client, shop: Merchant) -> None:
    bill, payment = part_paid_bill(
        shop, customer_name="Layla Haddad", description="secret reading", customer_email="layla@example.com"
    )

    path = path_of(payment)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path + "?lang=en")

    page = response.content.decode()
    assert response.status_code == 200
    assert "This receipt is genuine" in page
    for shown in (payment.receipt_no, "Razzbery Solutions", "150.250", "Cash", bill.billing_no, "L••• H•••"):
        assert shown in page
    for hidden in ("Haddad", "071", "secret", "layla@", "1,150.500", "1,000.250", page_of(bill).rpartition("/")[2]):
        assert hidden not in page
    assert len(queries) == 2  # the payment, and what went back of it
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_it_speaks_arabic_too(client: Client, shop: Merchant) -> None:
    _, payment = part_paid_bill(shop)

    page = client.get(path_of(payment) + "?lang=ar").content.decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert "رازبيري للحلول" in page
    assert payment.receipt_no in page


def test_money_given_back_is_said(client: Client, shop: Merchant) -> None:
    _, payment = part_paid_bill(shop)
    give_back(payment, "20"), give_back(payment, "30")

    page = client.get(path_of(payment) + "?lang=en").content.decode()

    assert "money was given back" in page
    assert "50.000" in page


def test_money_of_another_payment_of_the_same_bill_is_not_said_of_this_one(client: Client, shop: Merchant) -> None:
    bill, payment = part_paid_bill(shop)
    give_back(take(bill, "100"), "100")

    page = client.get(path_of(payment) + "?lang=en").content.decode()

    assert "This receipt is genuine" in page
    assert "back" not in page


def test_a_surplus_that_was_given_back_is_said_though_the_bill_knows_nothing_of_it(
    client: Client, shop: Merchant
) -> None:
    bill, payment = part_paid_bill(shop)
    Payment.objects.update(amount=Decimal("170.250"), review_reason="OVERPAID")
    give_back(payment, "20")
    bill.refresh_from_db()
    assert bill.amount_refunded == 0

    page = client.get(path_of(payment) + "?lang=en").content.decode()

    assert "money was given back" in page
    assert "20.000" in page


def test_what_is_only_asked_for_has_not_gone_back(client: Client, shop: Merchant) -> None:
    _, payment = part_paid_bill(shop)
    give_back(payment, "20")
    Refund.objects.update(status=Refund.Status.APPROVED, done_by=None, done_at=None)

    assert "This receipt is genuine" in client.get(path_of(payment) + "?lang=en").content.decode()


def test_a_wrong_code_gets_the_neutral_page_and_asks_the_database_nothing(client: Client, shop: Merchant) -> None:
    _, payment = part_paid_bill(shop)
    right = path_of(payment)
    neutral = client.get("/razzbery/pay/wrong?lang=en").content
    changed = right[:-1] + ("A" if right[-1] != "A" else "B")
    make_shop("elsewhere")

    wrong = [changed, right[:-1], right + "A", right + "/x", "/razzbery/r/", "/razzbery/r", "/razzbery/r/1"]
    wrong += [right.replace("razzbery", "elsewhere"), f"/razzbery/r/{page_of(payment.bill).rpartition('/')[2]}"]
    for path in wrong:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path + "?lang=en")
        assert (path, response.status_code, len(queries)) == (path, 404, 0)
        assert response.content == neutral


def test_a_payment_that_was_never_numbered_has_no_receipt_to_verify(client: Client, shop: Merchant) -> None:
    _, payment = part_paid_bill(shop)
    Payment.objects.update(receipt_no=None)

    assert client.get(path_of(payment)).status_code == 404


def test_it_shows_and_does_nothing_else(client: Client, shop: Merchant) -> None:
    _, payment = part_paid_bill(shop)

    assert client.post(path_of(payment)).status_code == 405
    assert client.head(path_of(payment)).status_code == 200
