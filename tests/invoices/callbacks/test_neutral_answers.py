"""Whatever arrives, the answer is the same, and nothing is paid (reliability.md, K)."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest
from django.test import Client

from invoices.models import GatewayCallback, Invoice
from invoices.sandbox.cipher import encipher
from tests.invoices.callbacks.arrivals import (
    RETURN,
    assert_received,
    assert_returns_neutrally,
    come_back,
    nothing_was_paid,
    process,
    return_data,
    sealed,
    send_webhook,
)
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

TOKENS: list[Any] = [
    123,
    {},
    [],
    True,
    None,
    "",
    "..",
    "../../admin",
    "x" * 10_000,
    "a\r\nb",
    "a%2Fb",
    "a\x00b",
    "\ud800",
    "?data=1",
]
AMOUNTS: list[Any] = ["1e30", "NaN", "-1", "1.000", 1, "٢٨٠", 1e400, None, {}, "0x10", "1" * 5000]
STATUSES: list[Any] = ["successful", " SUCCESSFUL", True, "CAPTURED", 1, "SUCCESSFUL\x00", [], None]


def undecipherable(shop: SandboxedMerchant) -> dict[str, str]:
    key, iv = shop.account.secret_key, shop.account.iv_key
    good = return_data(shop, orderReferenceNumber="INV-1")
    return {
        "K01 wrong padding": good[:-2] + ("00" if good[-2:] != "00" else "01"),
        "K02 not JSON": encipher("not json at all", secret_key=key, iv_key=iv),
        "K03 an array": sealed(shop, [1, 2]),
        "K04 unknown reference": return_data(shop, orderReferenceNumber="INV-20200101-9999-zzzzzzzz"),
        "K05 not hex": "zz" * 32,
        "K06 odd": good[:-1],
        "K07 not a block": good[:-2],
        "K08 empty": "",
        "K09 random": secrets.token_hex(64),
        "another key": encipher('{"response":{}}', secret_key="k" * 32, iv_key="i" * 16),
        "K12 nested": encipher("[" * 9000 + "]" * 9000, secret_key=key, iv_key=iv),
        "K20 our own payload": sealed(shop, {"merchantCode": "842217", "amount": "150.500"}),
        "no object inside": sealed(shop, {"response": [1]}),
        "not ASCII": "٢" * 64,
        "upper case": good.upper(),
    }


def test_undecipherable_data_is_answered_alike(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    for name, data in undecipherable(shop).items():
        assert_returns_neutrally(come_back(client, data)), name

    process()

    assert nothing_was_paid()
    assert not GatewayCallback.objects.exclude(state="IGNORED").exists()


def test_data_missing_twice_or_posted(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    data = return_data(shop, orderReferenceNumber=sent.reference)

    assert_returns_neutrally(client.get(RETURN))
    assert_returns_neutrally(client.get(f"{RETURN}?data={data}&data={data}"))
    assert_returns_neutrally(client.get(f"{RETURN}?" + "&".join(["a"] * 1500)))
    assert_returns_neutrally(client.get(f"{RETURN}?data=%FF%00"))
    assert_returns_neutrally(client.post(RETURN, {"data": data}))
    assert_returns_neutrally(client.head(f"{RETURN}?data={data}"))
    assert_returns_neutrally(client.get(f"{RETURN}/?next=//evil.test&data="))

    process()
    assert nothing_was_paid()


def test_data_longer_than_any_real_one_is_dropped(client: Client, shop: SandboxedMerchant) -> None:
    assert_returns_neutrally(come_back(client, "ab" * 500_000))
    assert_received(send_webhook(client, b"x" * 21_000))
    assert_received(send_webhook(client, b"x" * 3_000_000))

    assert not GatewayCallback.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"1", b"null", b'"text"', b"{" * 10_000, b"\xff\xfe{\x00}\x00"])
def test_bodies_that_are_no_report(client: Client, shop: SandboxedMerchant, body: bytes) -> None:
    assert_received(send_webhook(client, body))

    process()
    assert nothing_was_paid()


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/json; charset=utf-16", "multipart/form-data; boundary=x", "", "x" * 300, "image/png"],
)
def test_other_content_types(client: Client, shop: SandboxedMerchant, sent: Invoice, content_type: str) -> None:
    body = json.dumps({"reference_number": sent.reference, "status": "SUCCESSFUL"})

    assert_received(send_webhook(client, body, content_type))

    process()
    assert nothing_was_paid()


def test_claims_with_odd_values_are_asked_about_and_not_believed(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    claims = [{"token": token} for token in TOKENS]
    claims += [{"amount": amount, "token": "0" * 32} for amount in AMOUNTS]
    claims += [{"status": status, "token": "0" * 32} for status in STATUSES]
    for claim in claims:
        stated = {"reference_number": sent.reference, "status": "SUCCESSFUL", "amount": "150.500", **claim}
        assert_received(send_webhook(client, json.dumps(stated)))
        process()
    for token in TOKENS:
        claim = {"orderReferenceNumber": token, "paymentToken": token, "__class__": "x", "capturedAmount": "150.500"}
        data = return_data(shop, **claim)
        assert_returns_neutrally(come_back(client, data))
        process()

    assert nothing_was_paid()
    assert not GatewayCallback.objects.filter(state="WAITING").exists()


def test_a_flipped_or_swapped_real_ciphertext(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    data = return_data(shop, resultCode="NOT CAPTURED", amount="150.500", orderReferenceNumber=sent.reference)
    blocks = [data[start : start + 32] for start in range(0, len(data), 32)]
    swapped = [blocks[0], blocks[2], blocks[1], *blocks[3:]]
    flipped = [f"{int(block, 16) ^ 1:032x}" for block in blocks]

    for position, block in enumerate(flipped):
        assert_returns_neutrally(come_back(client, "".join([*blocks[:position], block, *blocks[position + 1 :]])))
    assert_returns_neutrally(come_back(client, "".join(swapped)))

    process()
    assert nothing_was_paid()
