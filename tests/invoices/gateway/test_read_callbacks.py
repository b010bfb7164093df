import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.gateway.callbacks import ReturnHint, WebhookHint, read_return, read_webhook
from invoices.gateway.errors import CipherError
from tests.invoices.gateway.accounts import CIPHER, OTHER_CIPHER
from tests.invoices.gateway.patience import patiently

FIELDS = {
    "resultCode": "CAPTURED",
    "amount": "280.000",
    "paymentToken": 842217169,
    "paymentId": "100",
    "paidOn": "2027-01-10 10:09:36",
    "orderReferenceNumber": "INV-7-x9k2",
    "capturedAmount": "9",
    "__class__": "ignored",
}
HINT = ReturnHint(
    reference="INV-7-x9k2",
    token="842217169",
    result_code="CAPTURED",
    amount_text="280.000",
    payment_id="100",
    paid_at_text="2027-01-10 10:09:36",
)
NO_HINT = ReturnHint(reference=None, token=None, result_code=None, amount_text=None, payment_id=None, paid_at_text=None)
WEBHOOK = {
    "token": "842217169",
    "amount": "280.000",
    "reference_number": "INV-7-x9k2",
    "status": "SUCCESSFUL",
    "payment_type": "KNET",
    "service_type": "Payment Gateway",
    "datetime": "2027-01-10 10:09:36",
}
JSON = "application/json"


def returned(fields, *, cipher=CIPHER):
    return cipher.encrypt_json({"status": True, "code": 1, "response": fields})


@pytest.mark.parametrize("fields", [FIELDS, {"data": FIELDS}])
def test_the_return_is_read_from_either_place(fields):
    assert read_return(returned(fields), CIPHER) == HINT


@pytest.mark.parametrize(
    "data",
    [
        CIPHER.encrypt_json({})[:-32] + "00" * 16,
        CIPHER.encrypt(b"not json"),
        CIPHER.encrypt(b'["array"]'),
        CIPHER.encrypt(b"null"),
        CIPHER.encrypt(b"[" * 100_000),
        CIPHER.encrypt(b"[" * 9_000),
        CIPHER.encrypt(b'{"response":{"amount":NaN}}'),
        returned(FIELDS, cipher=OTHER_CIPHER),
        "not hex",
        "abc",
        "abcd",
        "",
        "ab" * 500_000,
        7,
        None,
        ["ab"],
        {"data": "ab"},
    ],
)
def test_undecipherable_data_is_a_cipher_error(data):
    with pytest.raises(CipherError) as caught:
        read_return(data, CIPHER)

    assert len(str(caught.value)) < 80


def test_our_own_push_reflected_is_no_hint():
    push = CIPHER.encrypt_json({"merchantCode": "842217", "referenceNumber": "INV-7-x9k2", "amount": "280.000"})

    assert read_return(push, CIPHER) == NO_HINT


@pytest.mark.parametrize("response", [None, [], "x", 7, {"data": []}, {"data": {"data": FIELDS}}])
def test_fields_in_other_places_are_no_hint(response):
    assert read_return(returned(response), CIPHER) == NO_HINT


@pytest.mark.parametrize("token", [{}, [], True, None, "", ".", "..", " .. ", "x" * 5_000, "a\r\nb", "a\x00b", 1.5e300])
def test_a_token_that_is_no_identifier_is_left_out(token):
    hint = read_return(returned({"paymentToken": token, "orderReferenceNumber": "R"}), CIPHER)

    assert hint.token in (None, "a\ufffdb", "1.5e+300")
    assert hint.reference == "R"
    assert read_webhook(json.dumps({"token": token}).encode(), JSON).token == hint.token


@pytest.mark.parametrize("position", range(0, 96, 7))
def test_a_flipped_bit_is_a_hint_or_a_cipher_error(position):
    flipped = bytearray.fromhex(returned(FIELDS))
    flipped[position] ^= 1

    with suppress(CipherError):
        assert isinstance(read_return(flipped.hex(), CIPHER), ReturnHint)


@patiently
@given(st.binary(max_size=400))
def test_anything_encrypted_is_a_hint_or_a_cipher_error(plaintext):
    for data in (plaintext.hex(), CIPHER.encrypt(plaintext)):
        with suppress(CipherError):
            assert isinstance(read_return(data, CIPHER), ReturnHint)


def test_a_webhook_is_read_as_json_and_as_a_form():
    expected = WebhookHint(
        reference="INV-7-x9k2",
        token="842217169",
        status_text="SUCCESSFUL",
        amount_text="280.000",
        payment_type="KNET",
        paid_at_text="2027-01-10 10:09:36",
    )
    form = b"&".join(f"{name}={value}".encode() for name, value in WEBHOOK.items())

    assert read_webhook(json.dumps(WEBHOOK).encode(), JSON) == expected
    assert read_webhook(json.dumps(WEBHOOK).encode(), "text/plain") == expected
    assert read_webhook(form, "application/x-www-form-urlencoded; charset=utf-8") == expected


def blocks():
    lines = [
        "*Date & Time:*\n2027-01-10T10:09:36",
        "*Transaction Token:*\n842217169",
        "*Order Reference Number:*\nINV-7-x9k2",
        "*Service Type:*\nPayment Gateway",
        "*Amount:*\nKWD 49",
        "*Payment Type:*\nKNET",
    ]
    headline = {"type": "header", "text": {"type": "plain_text", "text": "TRANSACTION SUCCESSFUL"}}
    return [headline, {"type": "section", "fields": [{"type": "mrkdwn", "text": line} for line in lines]}]


def test_a_webhook_of_blocks_alone_is_understood():
    assert read_webhook(json.dumps({"blocks": blocks()}).encode(), JSON) == WebhookHint(
        reference="INV-7-x9k2",
        token="842217169",
        status_text="SUCCESSFUL",
        amount_text="KWD 49",
        payment_type="KNET",
        paid_at_text="2027-01-10T10:09:36",
    )


def test_plain_fields_beside_blocks_go_first():
    body = json.dumps({"blocks": blocks(), "token": "other"}).encode()

    assert read_webhook(body, JSON).token == "other"


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "x",
        {},
        [None, 7, {"text": 7}, {"fields": {}}, {"fields": [[], {"text": {}}]}],
        [[[]]],
        [{"text": {"text": "*Token:*\n" + "x" * 5000}}],
    ],
)
def test_hostile_blocks_are_an_empty_hint(value):
    assert read_webhook(json.dumps({"blocks": value}).encode(), JSON) == WebhookHint()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", JSON),
        (b"[" * 20_000, JSON),
        (json.dumps(WEBHOOK | {"x": "y" * 21_000}).encode(), JSON),
        (json.dumps(WEBHOOK).encode("utf-16"), "application/json; charset=utf-16"),
        (b"\x1f\x8b\x08" + bytes(range(50, 250)), JSON),
        (b"[1]", JSON),
        (b"null", JSON),
        (b"token=a&token=b", "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % n for n in range(100)), "application/x-www-form-urlencoded"),
        (b"token=%ff", "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
def test_an_unreadable_webhook_is_an_empty_hint(body, content_type):
    assert read_webhook(body, content_type).is_empty


@patiently
@given(st.binary(max_size=400), st.sampled_from([JSON, "application/x-www-form-urlencoded", "", "x\x00"]))
def test_no_webhook_raises(body, content_type):
    assert isinstance(read_webhook(body, content_type), WebhookHint)
