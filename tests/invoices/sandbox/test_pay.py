"""`pay/<token>`: the customer pays or declines, and the merchant is told."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_httpserver import HTTPServer

from invoices.sandbox.faults import switch_on
from invoices.sandbox.models import FaultKind, SandboxFault, SandboxInvoice, SandboxTransaction
from tests.invoices.sandbox.conftest import make_account
from tests.invoices.sandbox.merchant import Merchant

RETURN_URL = "https://shop.example/razzbery/gateway/return"


@pytest.fixture
def shop(db: None) -> Merchant:
    """A merchant with a return URL and no webhook."""
    return Merchant(make_account(return_url=RETURN_URL))


def test_the_page_shows_what_is_asked(shop: Merchant) -> None:
    token = shop.created(amount="1280.500", description="Water & more")["token"]

    answer = Client().get(f"/sandbox/pay/{token}")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1,280.500" in page
    assert shop.credentials.merchant_code in page
    assert "Water &amp; more" in page
    assert page.count('name="choice"') == 2
    assert "<script" not in page
    assert "style=" not in page


def test_an_arabic_invoice_has_an_arabic_page(shop: Merchant) -> None:
    token = shop.created(language="ar")["token"]

    page = Client().get(f"/sandbox/pay/{token}").content.decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert "المبلغ المطلوب" in page


def test_each_visit_is_counted(shop: Merchant) -> None:
    invoice = shop.created()

    Client().get(f"/sandbox/pay/{invoice['token']}")
    Client().get(f"/sandbox/pay/{invoice['token']}")

    assert shop.open(shop.get(f"invoice/{invoice['id']}"))["response"]["visited_count"] == 2


def test_the_forms_may_lead_to_the_return_urls_origin_and_no_further(shop: Merchant) -> None:
    token = shop.created()["token"]

    policy = Client().get(f"/sandbox/pay/{token}")["Content-Security-Policy"]

    assert "form-action 'self' https://shop.example" in policy.split("; ")
    assert "script-src 'self'" in policy.split("; ")


def test_paying_makes_a_transaction_and_returns_the_customer(shop: Merchant) -> None:
    token = shop.created(referenceNumber="INV-1")["token"]

    answer = _choose(token, "pay")

    paid = SandboxTransaction.objects.get()
    assert (paid.status, str(paid.amount), SandboxInvoice.objects.get().status) == ("SUCCESSFUL", "280.000", 1)
    assert paid.paid_at is not None
    assert _returned(shop, answer) == {
        "status": True,
        "code": 1,
        "message": "Transaction Success",
        "response": {
            "resultCode": "CAPTURED",
            "amount": "280.000",
            "paymentToken": paid.token,
            "paymentId": paid.payment_id,
            "paidOn": paid.paid_at.strftime("%Y-%m-%d %H:%M:%S"),
            "orderReferenceNumber": "INV-1",
            "method": "KNET",
            "administrativeCharge": "0.000",
            "variable1": "",
            "variable2": "",
            "variable3": "",
            "variable4": "",
            "variable5": "",
        },
    }


def test_declining_leaves_the_invoice_unpaid(shop: Merchant) -> None:
    token = shop.created()["token"]

    answer = _choose(token, "decline")

    returned = _returned(shop, answer)
    assert (returned["status"], returned["code"], returned["response"]["resultCode"]) == (
        False,
        0,
        "NOT CAPTURED",
    )
    assert SandboxTransaction.objects.get().status == "FAILED"
    assert SandboxInvoice.objects.get().status == 0
    assert _choose(token, "pay").status_code == 302
    assert SandboxInvoice.objects.get().status == 1


def test_a_return_url_with_a_query_keeps_it(db: None) -> None:
    shop = Merchant(make_account(return_url=RETURN_URL + "?m=1"))

    answer = _choose(shop.created()["token"], "pay")

    assert answer["Location"].startswith(RETURN_URL + "?m=1&data=")


def test_without_a_return_url_the_page_itself_says_paid(merchant: Merchant) -> None:
    token = merchant.created()["token"]

    answer = _choose(token, "pay")

    assert (answer.status_code, answer["Location"]) == (302, f"/sandbox/pay/{token}")
    page = Client().get(answer["Location"]).content.decode()
    assert ">Paid<" in page
    assert 'name="choice"' not in page


@pytest.mark.parametrize("choice", ["pay", "decline"])
@pytest.mark.parametrize("state", ["paid", "cancelled", "expired", "unknown"])
def test_only_an_open_invoice_can_be_paid(shop: Merchant, state: str, choice: str) -> None:
    token = shop.created()["token"]
    token = _bring_to(state, token)
    before = SandboxTransaction.objects.count()

    answer = _choose(token, choice)

    assert (answer.status_code, answer["Location"]) == (302, f"/sandbox/pay/{token}")
    assert SandboxTransaction.objects.count() == before


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("paid", 200, "Paid"),
        ("cancelled", 200, "This invoice was cancelled"),
        ("expired", 200, "This invoice has expired"),
        ("unknown", 404, "There is no such invoice"),
    ],
)
def test_each_state_has_its_page(shop: Merchant, state: str, status: int, words: str) -> None:
    token = _bring_to(state, shop.created()["token"])

    answer = Client().get(f"/sandbox/pay/{token}")

    assert answer.status_code == status
    assert f">{words}<" in answer.content.decode()
    assert 'name="choice"' not in answer.content.decode()


def test_a_press_without_the_form_token_is_refused(shop: Merchant) -> None:
    token = shop.created()["token"]

    answer = Client(enforce_csrf_checks=True).post(f"/sandbox/pay/{token}", {"choice": "pay"})

    assert answer.status_code == 403
    assert SandboxInvoice.objects.get().status == 0


def test_a_choice_that_is_none_is_refused(shop: Merchant) -> None:
    token = shop.created()["token"]

    assert _choose(token, "steal").status_code == 400
    assert not SandboxTransaction.objects.exists()


def test_fields_may_lie_under_data(shop: Merchant) -> None:
    switch_on(kind=FaultKind.FIELDS_UNDER_DATA)
    token = shop.created()["token"]

    returned = _returned(shop, _choose(token, "pay"))

    assert list(returned["response"]) == ["data"]
    assert returned["response"]["data"]["resultCode"] == "CAPTURED"


def test_a_lost_return_leaves_the_customer_on_the_page(shop: Merchant) -> None:
    switch_on(kind=FaultKind.RETURN_LOST, count=1)
    token = shop.created()["token"]

    assert _choose(token, "pay")["Location"] == f"/sandbox/pay/{token}"
    assert SandboxInvoice.objects.get().status == 1
    assert SandboxFault.objects.get().remaining == 0


def test_a_payment_may_stay_pending_at_first(shop: Merchant) -> None:
    switch_on(kind=FaultKind.PAYMENT_PENDING, count=1)
    token = shop.created()["token"]

    first = _returned(shop, _choose(token, "pay"))
    pending = SandboxTransaction.objects.get()
    page = Client().get(f"/sandbox/pay/{token}").content.decode()

    assert (first["status"], first["response"]["resultCode"], pending.status) == (False, "PENDING", "PENDING")
    assert SandboxInvoice.objects.get().status == 0
    assert "Payment is being processed" in page

    _choose(token, "pay")
    pending.refresh_from_db()
    assert (pending.status, SandboxInvoice.objects.get().status) == ("SUCCESSFUL", 1)


def test_a_payment_may_be_taken_twice(shop: Merchant) -> None:
    switch_on(kind=FaultKind.PAID_TWICE, count=1)

    _choose(shop.created()["token"], "pay")

    assert list(SandboxTransaction.objects.values_list("status", flat=True)) == ["SUCCESSFUL"] * 2


@pytest.mark.django_db(transaction=True)
def test_the_webhook_reports_the_payment(httpserver: HTTPServer) -> None:
    shop = _with_webhook(httpserver)
    token = shop.created(referenceNumber="INV-1")["token"]

    _choose(token, "pay")

    paid = SandboxTransaction.objects.get()
    assert paid.paid_at is not None
    assert _posted(httpserver, 1) == [
        {
            "token": paid.token,
            "amount": "280.000",
            "reference_number": "INV-1",
            "status": "SUCCESSFUL",
            "payment_type": "KNET",
            "service_type": "Invoice",
            "datetime": paid.paid_at.strftime("%Y-%m-%d %H:%M:%S"),
        }
    ]


@pytest.mark.django_db(transaction=True)
def test_the_invoices_own_webhook_comes_first(httpserver: HTTPServer) -> None:
    shop = Merchant(make_account(webhook_url="http://127.0.0.1:9/never"))
    httpserver.expect_request("/own").respond_with_data("")

    _choose(shop.created(webhook=httpserver.url_for("/own"))["token"], "decline")

    assert [body["status"] for body in _posted(httpserver, 1)] == ["FAILED"]


@pytest.mark.django_db(transaction=True)
def test_a_duplicated_callback_comes_three_times(httpserver: HTTPServer) -> None:
    shop = _with_webhook(httpserver)
    switch_on(kind=FaultKind.CALLBACK_DUPLICATED)

    _choose(shop.created()["token"], "pay")

    bodies = _posted(httpserver, 3)
    assert bodies == [bodies[0]] * 3


@pytest.mark.django_db(transaction=True)
def test_a_lost_webhook_never_comes(httpserver: HTTPServer) -> None:
    shop = _with_webhook(httpserver)
    switch_on(kind=FaultKind.WEBHOOK_LOST)

    _choose(shop.created()["token"], "pay")

    time.sleep(0.3)
    assert httpserver.log == []
    assert SandboxInvoice.objects.get().status == 1


@pytest.mark.django_db(transaction=True)
def test_a_webhook_nobody_answers_changes_nothing() -> None:
    shop = Merchant(make_account(webhook_url="http://127.0.0.1:9/nobody", return_url=RETURN_URL))

    answer = _choose(shop.created()["token"], "pay")

    assert answer["Location"].startswith(RETURN_URL)


def _choose(token: str, choice: str) -> Any:
    return Client().post(f"/sandbox/pay/{token}", {"choice": choice})


def _returned(shop: Merchant, answer: Any) -> Any:
    assert answer.status_code == 302
    address, _, data = answer["Location"].partition("?data=")
    assert address == RETURN_URL
    return shop.open(data)


def _bring_to(state: str, token: str) -> str:
    invoice = SandboxInvoice.objects.filter(token=token)
    if state == "paid":
        _choose(token, "pay")
    elif state == "cancelled":
        invoice.update(status=3)
    elif state == "expired":
        invoice.update(expires_at=timezone.now().date() - timedelta(days=1))
    return "unknown" if state == "unknown" else token


def _with_webhook(httpserver: HTTPServer) -> Merchant:
    httpserver.expect_request("/webhook", method="POST").respond_with_data("")
    return Merchant(make_account(webhook_url=httpserver.url_for("/webhook")))


def _posted(httpserver: HTTPServer, count: int) -> list[Any]:
    until = time.monotonic() + 5
    while len(httpserver.log) < count and time.monotonic() < until:
        time.sleep(0.02)
    return [request.get_json() for request, _ in httpserver.log]
