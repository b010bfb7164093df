"""`PUT api/v1/invoice/<token>`."""

from __future__ import annotations

import pytest
from django.utils import timezone

from invoices.sandbox.models import SandboxInvoice
from invoices.sandbox.payments import pay_invoice
from tests.invoices.sandbox.merchant import Merchant


def test_an_invoice_is_cancelled_by_its_token(merchant: Merchant) -> None:
    token = merchant.created()["token"]

    answer = merchant.put(f"invoice/{token}", statusId="3")

    # Byte for byte the answer recorded in gateway.md.
    assert answer.content.decode() == (
        "60a8f6241932227b840a9f5e36987f4d894e5813e1ec714a9f1093832ea77937"
        "b298e2fd12ae31865c8949b356931c0fd6c88f5b188f1e01857538b4431055a8"
        "8813ef3ef595ff271d7ac37f0338f9a4689fd9bec344551d7b4c0c9a382f99d9"
    )
    assert SandboxInvoice.objects.get().status == 3


def test_cancelling_twice_is_as_good_as_once(merchant: Merchant) -> None:
    token = merchant.created()["token"]
    merchant.put(f"invoice/{token}", statusId="3")

    again = merchant.put(f"invoice/{token}", statusId="3")

    assert merchant.open(again)["status"] is True


def test_a_paid_invoice_stays_paid(merchant: Merchant) -> None:
    token = merchant.created()["token"]
    pay_invoice(token=token, now=timezone.now())

    answer = merchant.put(f"invoice/{token}", statusId="3")

    assert answer.status_code == 422
    assert merchant.open(answer)["response"] == {"statusId": ["a paid invoice cannot be cancelled"]}
    assert SandboxInvoice.objects.get().status == 1


@pytest.mark.parametrize("status_id", ["1", 3, None])
def test_no_other_status_can_be_set(merchant: Merchant, status_id: object) -> None:
    token = merchant.created()["token"]

    answer = merchant.put(f"invoice/{token}", statusId=status_id)

    assert answer.status_code == 422
    assert merchant.open(answer)["response"] == {"statusId": ["must be 3"]}
    assert SandboxInvoice.objects.get().status == 0


def test_strangers_cannot_cancel(merchant: Merchant, stranger: Merchant) -> None:
    token = merchant.created()["token"]

    answer = stranger.put(f"invoice/{token}", statusId="3")

    assert answer.status_code == 404
    assert stranger.open(answer) == {"message": "Invoice not found"}
    assert SandboxInvoice.objects.get().status == 0


def test_the_id_is_not_the_token(merchant: Merchant) -> None:
    invoice = merchant.created()

    answer = merchant.put(f"invoice/{invoice['id']}", statusId="3")

    assert answer.status_code == 404
