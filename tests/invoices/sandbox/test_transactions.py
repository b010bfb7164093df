"""`GET api/transaction/<token>`, and refunds of what it shows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from invoices.sandbox.models import SandboxInvoice, SandboxRefundRequest, SandboxTransaction
from invoices.sandbox.payments import decline_invoice, pay_invoice
from tests.invoices.sandbox.merchant import Merchant


@pytest.fixture
def paid(merchant: Merchant) -> SandboxTransaction:
    token = merchant.created(referenceNumber="INV-1", allocatePayType=["2", "1"])["token"]
    return pay_invoice(token=token, now=timezone.now())[0]


def test_a_transaction_is_shown_in_plain_json(merchant: Merchant, paid: SandboxTransaction) -> None:
    answer = merchant.get_transaction(paid.token)

    assert answer.status_code == 200
    assert paid.paid_at is not None
    assert answer.json() == {
        "status": True,
        "data": {
            "token": paid.token,
            "amount": "280.000",
            "reference_number": "INV-1",
            "status": "SUCCESSFUL",
            "PaymentID": paid.payment_id,
            "payment_type": "MPGS",
            "datetime": paid.paid_at.strftime("%Y-%m-%d %H:%M:%S"),
        },
    }


def test_the_reference_finds_it_too(merchant: Merchant, paid: SandboxTransaction) -> None:
    by_reference = merchant.get_transaction("INV-1", isOrderReference="1")

    assert by_reference.json()["data"]["token"] == paid.token
    assert merchant.get_transaction("INV-1").status_code == 404
    assert merchant.get_transaction("INV", isOrderReference="1").status_code == 404


def test_a_success_is_preferred_to_a_later_failure(merchant: Merchant) -> None:
    first = merchant.created(referenceNumber="INV-2")
    pay_invoice(token=first["token"], now=timezone.now())
    second = merchant.created(referenceNumber="INV-2")
    decline_invoice(token=second["token"], now=timezone.now())

    assert merchant.get_transaction("INV-2", isOrderReference="1").json()["data"]["status"] == "SUCCESSFUL"


def test_none_is_a_404(merchant: Merchant) -> None:
    answer = merchant.get_transaction("nothing")

    assert answer.status_code == 404
    assert answer.json() == {"message": "Transaction not found"}


def test_strangers_see_no_transaction(merchant: Merchant, stranger: Merchant, paid: SandboxTransaction) -> None:
    assert stranger.get_transaction(paid.token).status_code == 404
    assert stranger.get_transaction("INV-1", isOrderReference="1").status_code == 404


def test_a_paid_invoice_shows_its_transaction(merchant: Merchant, paid: SandboxTransaction) -> None:
    shown = merchant.open(merchant.get(f"invoice/{paid.invoice_id}"))["response"]

    assert shown["invoice_status"] == 1
    assert shown["transaction"] == merchant.get_transaction(paid.token).json()["data"]


def test_a_refund_is_only_taken_down(merchant: Merchant, paid: SandboxTransaction) -> None:
    answer = merchant.post("refund", {"merchantCode": "842217", "token": paid.token, "amount": "80.000"})

    asked = SandboxRefundRequest.objects.get()
    assert merchant.open(answer)["response"] == {
        "id": asked.pk,
        "token": paid.token,
        "amount": "80.000",
        "status": "REQUESTED",
    }
    assert SandboxInvoice.objects.get().status == 1
    assert SandboxTransaction.objects.get().status == "SUCCESSFUL"


def test_a_refund_without_amount_is_of_the_whole(merchant: Merchant, paid: SandboxTransaction) -> None:
    merchant.post("refund", {"merchantCode": "842217", "token": paid.token})

    assert SandboxRefundRequest.objects.get().amount == Decimal("280.000")


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("280.001", "is more than was paid"),
        ("80", "must be a text with exactly three decimals"),
        (80, "must be a text"),
    ],
)
def test_a_wrong_refund_is_refused(merchant: Merchant, paid: SandboxTransaction, amount: object, why: str) -> None:
    answer = merchant.post("refund", {"merchantCode": "842217", "token": paid.token, "amount": amount})

    assert answer.status_code == 422
    assert merchant.open(answer)["response"] == {"amount": [why]}
    assert not SandboxRefundRequest.objects.exists()


def test_strangers_ask_for_no_refund(merchant: Merchant, stranger: Merchant, paid: SandboxTransaction) -> None:
    answer = stranger.post("refund", {"token": paid.token})

    assert answer.status_code == 404
    assert not SandboxRefundRequest.objects.exists()
