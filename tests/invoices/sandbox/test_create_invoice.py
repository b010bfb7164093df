"""`POST api/v1/invoice/`."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from invoices.sandbox.models import SandboxAccount, SandboxCall, SandboxInvoice, SandboxMessage
from tests.invoices.sandbox.conftest import make_account
from tests.invoices.sandbox.merchant import ROOT, Merchant, order, tomorrow


def test_the_documents_example_becomes_an_unpaid_invoice(merchant: Merchant) -> None:
    answer = merchant.create()

    invoice = SandboxInvoice.objects.get()
    assert answer.status_code == 200
    assert merchant.open(answer) == {
        "status": True,
        "message": "Invoice created successfully",
        "response": {
            "id": invoice.pk,
            "token": invoice.token,
            "access_key": invoice.access_key,
            "url": f"http://testserver/sandbox/pay/{invoice.token}",
            "reference_number": "1234",
            "amount": "280.000",
            "invoice_status": 0,
            "invoice_type": "1",
            "invoice_sub_type": "0",
            "payment_method": [],
            "subscription": "1",
            "expires_at": tomorrow(),
            "created_at": invoice.created_at.strftime("%Y-%m-%d %H:%M:%S"),
            "visited_count": 0,
            "sms_status": 1,
            "customer": {"name": "TEST", "email": "test@gmail.com", "phone_number": "+96566666666"},
            "products": [],
            "transaction": None,
        },
    }
    assert invoice.amount == Decimal("280.000")
    assert invoice.payload == order()


def test_answers_are_bare_lowercase_hex_padded_to_32_bytes(merchant: Merchant) -> None:
    body = merchant.create().content.decode()

    assert body == body.lower()
    assert len(bytes.fromhex(body)) % 32 == 0


def test_some_answers_have_more_than_16_bytes_of_padding(merchant: Merchant) -> None:
    paddings = {_padding_of(merchant, merchant.create(customerName="T" * length)) for length in range(1, 33)}

    # The invoice's id grows by a figure on the way, which may pass one length over.
    assert paddings <= set(range(1, 33))
    assert len(paddings) >= 31


def test_arabic_leaves_escaped(merchant: Merchant) -> None:
    answer = merchant.create(customerName="ليلى", language="ar")

    assert merchant.open(answer)["response"]["customer"]["name"] == "ليلى"
    assert b"\\u0644\\u064a" in _opened_bytes(merchant, answer)


def test_the_same_reference_twice_makes_two_invoices(merchant: Merchant) -> None:
    first = merchant.created(referenceNumber="INV-1")
    second = merchant.created(referenceNumber="INV-1")

    assert first["token"] != second["token"]
    assert SandboxInvoice.objects.filter(reference_number="INV-1").count() == 2


@pytest.mark.parametrize(
    ("pair", "channel", "to"),
    [
        (("1", "0"), "SMS", "+96566666666"),
        (("0", "1"), "WHATSAPP", "+96566666666"),
        (("0", "2"), "EMAIL", "test@gmail.com"),
        (("0", "3"), "LINK", "+96566666666"),
    ],
)
def test_each_channel_reaches_its_own_place(merchant: Merchant, pair: tuple[str, str], channel: str, to: str) -> None:
    invoice = merchant.created(invoiceType=pair[0], invoiceSubType=pair[1])

    message = SandboxMessage.objects.get()
    assert (message.channel, message.to, message.kind) == (channel, to, "CREATE")
    assert invoice["sms_status"] == (1 if channel == "SMS" else 0)


def test_the_text_is_the_gateways_own_and_never_the_description(merchant: Merchant) -> None:
    invoice = merchant.created(description="https://shop.example/razzbery/pay/abc")

    assert SandboxMessage.objects.get().text == (
        "Dear TEST, merchant 842217 has sent you an invoice of 280.000 JOD. "
        f"Reference: 1234. Pay here: {invoice['url']}"
    )


def test_an_arabic_invoice_sends_an_arabic_text(merchant: Merchant) -> None:
    invoice = merchant.created(customerName="ليلى", language="ar")

    assert SandboxMessage.objects.get().text == (
        f"عزيزنا ليلى، أرسل إليك التاجر 842217 فاتورة بقيمة 280.000 JOD. الرقم المرجعي: 1234. للدفع: {invoice['url']}"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"countryCode": "965"},
        {"countryCode": "+962", "mobileNumber": "777839071"},
        {"allocatePayType": ["1", "2"]},
        {"allocatePayType": "1,2"},
        {"amount": "0.001"},
        {"amount": "999999999.999"},
        {"customerEmail": None},
        {"customerEmail": ""},
        {"language": None},
        {"startDate": None},
        {"itemsList": [{"itemTitle": "Iphone", "rate": "300.000", "quantity": "1", "amount": "300.000"}]},
        {"webhook": "http://web:8000/razzbery/gateway/webhook"},
        {"subscription": "0"},
    ],
)
def test_what_the_documents_allow_is_accepted(merchant: Merchant, changes: dict[str, Any]) -> None:
    assert merchant.create(**changes).status_code == 200


ITEM = {"itemTitle": "Iphone", "rate": "120.000", "quantity": "1", "amount": "120.000"}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"mobileNumber": None}, {"mobileNumber": ["is required"]}),
        ({"customerName": ""}, {"customerName": ["is required"]}),
        ({"allocatePayType": None}, {"allocatePayType": ["is required"]}),
        (
            {"SubscriptionType": None, "frequency": None},
            {"frequency": ["is required"], "SubscriptionType": ["is required"]},
        ),
        ({"amount": "280"}, {"amount": ["must be a text with exactly three decimals"]}),
        ({"amount": "280.00"}, {"amount": ["must be a text with exactly three decimals"]}),
        ({"amount": 280.0}, {"amount": ["must be a text"]}),
        ({"amount": "٢٨٠.٠٠٠"}, {"amount": ["must be a text with exactly three decimals"]}),
        ({"amount": "0.000"}, {"amount": ["must be greater than 0"]}),
        ({"amount": "1000000000.000"}, {"amount": ["must be a text with exactly three decimals"]}),
        ({"invoiceType": "1", "invoiceSubType": "1"}, {"invoiceSubType": ["does not go with this invoiceType"]}),
        ({"invoiceType": "0", "invoiceSubType": "0"}, {"invoiceSubType": ["does not go with this invoiceType"]}),
        ({"invoiceType": "2"}, {"invoiceType": ["must be one of 0, 1"]}),
        (
            {"invoiceType": "0", "invoiceSubType": "2", "customerEmail": None},
            {"customerEmail": ["is required for an invoice by e-mail"]},
        ),
        ({"customerEmail": "nobody"}, {"customerEmail": ["must be an e-mail address"]}),
        ({"countryCode": "00962"}, {"countryCode": ["must be a country's telephone code"]}),
        (
            {"mobileNumber": "0777839071"},
            {"mobileNumber": ["must be digits, without the country code and its leading zero"]},
        ),
        ({"allocatePayType": ["3"]}, {"allocatePayType": ["holds an unknown payment type"]}),
        ({"allocatePayType": [1]}, {"allocatePayType": ["must be an array of texts, or one text with commas"]}),
        ({"expiresAt": "2020-01-01"}, {"expiresAt": ["must lie ahead"]}),
        ({"expiresAt": "2027-02-30"}, {"expiresAt": ["must be a real date"]}),
        ({"expiresAt": "31/12/2027"}, {"expiresAt": ["must be a date YYYY-MM-DD"]}),
        ({"itemsList": [ITEM]}, {"itemsList": ["must reach the amount of the invoice"]}),
        ({"itemsList": [ITEM | {"amount": "120"}]}, {"itemsList": ["must be a text with exactly three decimals"]}),
        ({"itemsList": "Iphone"}, {"itemsList": ["must be an array of objects"]}),
        ({"language": "fr"}, {"language": ["must be one of en, ar"]}),
        ({"frequency": "2"}, {"frequency": ["must be one of 1"]}),
        ({"noofRecurrence": "0"}, {"noofRecurrence": ["must be a count in a text"]}),
        ({"webhook": "file:///etc/passwd"}, {"webhook": ["must be an http or https address"]}),
        ({"referenceNumber": "R" * 201}, {"referenceNumber": ["must be at most 200 characters"]}),
        ({"description": "a\0b"}, {"description": ["must not hold a NUL"]}),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(
    merchant: Merchant, changes: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    answer = merchant.create(**changes)

    assert answer.status_code == 422
    assert merchant.open(answer) == {
        "status": False,
        "code": 422,
        "message": "Invalid input",
        "response": errors,
    }
    _assert_nothing_was_made()


def test_an_invoice_that_expires_today_is_refused(merchant: Merchant) -> None:
    answer = merchant.create(expiresAt=timezone.now().date().isoformat())

    assert merchant.open(answer)["response"] == {"expiresAt": ["must lie ahead"]}


@pytest.mark.parametrize("access_code", ["", "unknown", "C333729B-D060-4B74-A49D-7686A8353481"])
def test_a_wrong_access_code_is_answered_in_plain_json(merchant: Merchant, access_code: str) -> None:
    merchant.headers["accessCode"] = access_code

    answer = merchant.create()

    _assert_authentication_failed(answer)


def test_another_accounts_merchant_code_is_refused(merchant: Merchant, stranger: Merchant) -> None:
    answer = merchant.create(merchantCode=stranger.credentials.merchant_code)

    _assert_authentication_failed(answer)


def test_data_under_another_accounts_key_cannot_be_read(merchant: Merchant, stranger: Merchant) -> None:
    merchant.headers["accessCode"] = stranger.credentials.access_code

    _assert_unreadable(merchant.create())


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "{}", '{"data":1}', '{"data":"zz"}', '{"data":""}', "{", "[" * 100_000, '{"data":"00"}'],
)
def test_an_unreadable_body_is_refused_in_plain_json(merchant: Merchant, body: str) -> None:
    answer = merchant.client.generic(
        "POST", ROOT + "invoice/", body, content_type="application/json", headers=merchant.headers
    )

    _assert_unreadable(answer)


@pytest.mark.parametrize("text", ["[]", "plain", "[" * 10_000, "{"])
def test_sealed_text_that_is_no_object_is_refused(merchant: Merchant, text: str) -> None:
    answer = merchant._send("POST", "invoice/", {"data": merchant.seal_text(text)})

    _assert_unreadable(answer)


def test_the_published_account_exists_without_set_up(merchant: Merchant) -> None:
    assert not SandboxAccount.objects.exists()

    merchant.create()
    merchant.create()

    account = SandboxAccount.objects.get()
    assert (account.merchant_code, account.currency, account.return_url) == ("842217", "JOD", "")


def test_a_registered_account_uses_its_own_keys_and_currency(db: None) -> None:
    registered = Merchant(make_account(currency="KWD"))

    invoice = registered.created()

    assert SandboxInvoice.objects.get(token=invoice["token"]).account.currency == "KWD"
    assert "280.000 KWD" in SandboxMessage.objects.get().text


def test_every_call_is_logged_with_its_reference(merchant: Merchant) -> None:
    merchant.create(referenceNumber="INV-7")
    merchant.create(referenceNumber="INV-8", amount="1")

    logged = SandboxCall.objects.order_by("pk").values_list("operation", "method", "path", "reference", "outcome")
    assert list(logged) == [
        ("CREATE", "POST", "/sandbox/api/v1/invoice/", "INV-7", "200"),
        ("CREATE", "POST", "/sandbox/api/v1/invoice/", "INV-8", "422"),
    ]


def test_without_the_trailing_slash_there_is_nothing(merchant: Merchant) -> None:
    answer = merchant.post("invoice", order())

    assert answer.status_code == 404
    assert answer.json() == {"message": "Not found"}
    _assert_nothing_was_made()


def _assert_authentication_failed(answer: Any) -> None:
    assert answer.status_code == 401
    assert answer.json() == {"status": False, "code": 501, "message": "Authentication failed."}
    _assert_nothing_was_made()


def _assert_unreadable(answer: Any) -> None:
    assert answer.status_code == 422
    assert answer.json() == {"status": False, "code": 506, "message": "Invalid request data"}
    _assert_nothing_was_made()


def _assert_nothing_was_made() -> None:
    assert not SandboxInvoice.objects.exists()
    assert not SandboxMessage.objects.exists()


def _opened_bytes(merchant: Merchant, answer: Any) -> bytes:
    decryptor = merchant._cipher().decryptor()
    return decryptor.update(bytes.fromhex(answer.content.decode())) + decryptor.finalize()


def _padding_of(merchant: Merchant, answer: Any) -> int:
    opened = _opened_bytes(merchant, answer)
    json.loads(opened[: -opened[-1]])
    return opened[-1]
