"""`POST api/v1/invoice/resend`."""

from __future__ import annotations

from typing import Any

from invoices.sandbox.models import SandboxMessage
from tests.invoices.sandbox.merchant import Merchant


def test_the_same_link_is_sent_again_to_the_number_given(merchant: Merchant) -> None:
    invoice = merchant.created()

    answer = _resend(merchant, str(invoice["id"]))

    assert merchant.open(answer)["response"]["token"] == invoice["token"]
    resent = SandboxMessage.objects.newest_first()[0]
    assert (resent.kind, resent.channel, resent.to) == ("RESEND", "SMS", "+962777839071")
    assert invoice["url"] in resent.text


def test_the_token_names_an_invoice_too(merchant: Merchant) -> None:
    invoice = merchant.created()

    assert _resend(merchant, invoice["token"]).status_code == 200


def test_a_cancelled_invoice_is_not_sent_again(merchant: Merchant) -> None:
    invoice = merchant.created()
    merchant.put(f"invoice/{invoice['token']}", statusId="3")

    answer = _resend(merchant, str(invoice["id"]))

    assert answer.status_code == 422
    assert merchant.open(answer)["response"] == {"resendId": ["only an unpaid invoice can be sent again"]}
    assert SandboxMessage.objects.count() == 1


def test_strangers_send_nothing(merchant: Merchant, stranger: Merchant) -> None:
    invoice = merchant.created()

    answer = _resend(stranger, str(invoice["id"]))

    assert answer.status_code == 404
    assert SandboxMessage.objects.count() == 1


def test_every_wrong_field_is_named(merchant: Merchant) -> None:
    answer = merchant.post(
        "invoice/resend", {"merchantCode": "842217", "mobileNumber": "0777839071", "countryCode": "x"}
    )

    assert answer.status_code == 422
    assert merchant.open(answer)["response"] == {
        "resendId": ["must be a text"],
        "mobileNumber": ["must be digits, without the country code and its leading zero"],
        "countryCode": ["must be a country's telephone code"],
    }


def _resend(merchant: Merchant, resend_id: str) -> Any:
    return merchant.post(
        "invoice/resend",
        {
            "merchantCode": merchant.credentials.merchant_code,
            "resendId": resend_id,
            "mobileNumber": "777839071",
            "countryCode": "+962",
        },
    )
