import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.gateway.answers import read_answer
from invoices.gateway.errors import ReplyInvalid
from tests.invoices.gateway.accounts import CIPHER, OTHER_CIPHER
from tests.invoices.gateway.patience import patiently

CONTENT = {"status": True, "message": "ok", "response": {"id": 7}}
HEX = CIPHER.encrypt_json(CONTENT)


def read(body):
    return read_answer(body=body if isinstance(body, bytes) else body.encode(), ciphers=[CIPHER])


@pytest.mark.parametrize(
    "body",
    [
        HEX,
        HEX.upper() + "\n",
        "\ufeff" + HEX,
        json.dumps(HEX),
        json.dumps({"response": HEX}),
        json.dumps({"data": HEX, "message": "ok"}),
    ],
)
def test_the_encrypted_shapes_read_alike(body):
    answer = read(body)

    assert (answer.status, answer.message, answer.response, answer.was_encrypted) == (
        True,
        "ok",
        {"id": 7},
        True,
    )


def test_a_plain_refusal_is_read():
    answer = read('{"status":false,"code":501,"message":"Authentication failed."}')

    assert (answer.status, answer.code, answer.message, answer.was_encrypted) == (
        False,
        501,
        "Authentication failed.",
        False,
    )


def test_with_a_status_nothing_is_taken_for_encrypted():
    answer = read(json.dumps({"status": False, "message": "no", "data": "abcd"}))

    assert (answer.status, answer.message, answer.response) == (False, "no", "abcd")


def test_a_message_alone_says_nothing_about_the_status():
    assert read('{"message":"Not found"}').status is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"en": "No", "ar": "لا"}, "No"),
        ({"ar": "لا"}, "لا"),
        (None, ""),
        (7, ""),
        ({"en": []}, ""),
        ("x" * 900, "x" * 500),
    ],
)
def test_a_message_may_be_text_or_two_languages(value, text):
    assert read(json.dumps({"status": False, "message": value})).message == text


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("0", False),
        (1, True),
        (None, None),
        ("SUCCESS", None),
        ([], None),
    ],
)
def test_the_status_is_read_from_what_kits_send(value, status):
    assert read(json.dumps({"status": value})).status is status


@pytest.mark.parametrize("place", ["response", "data"])
def test_field_errors_are_found_in_either_place(place):
    answer = read(json.dumps({"status": False, "code": "422", place: {"amount": ["bad", 7], "x": "y", "<b>": ["z"]}}))

    assert answer.field_errors == {"amount": ["bad"]}
    assert answer.code == 422


def test_the_previous_keys_still_read_an_answer():
    body = OTHER_CIPHER.encrypt_json(CONTENT).encode()

    assert read_answer(body=body, ciphers=[CIPHER, OTHER_CIPHER]).response == {"id": 7}
    with pytest.raises(ReplyInvalid):
        read_answer(body=body, ciphers=[CIPHER])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502</html>",
        b"\xff\xfe{\x00",
        b"[]",
        b"null",
        b"42",
        b"{}",
        b'{"response":{"id":1}}',
        HEX[:-2].encode(),
        HEX[:64].encode(),
        b"[" * 100_000,
        b'{"status":' + b"[" * 50_000,
        b'{"status":true,"a":NaN}',
        CIPHER.encrypt(b"[" * 50_000).encode(),
        CIPHER.encrypt_json([1]).encode(),
    ],
)
def test_anything_else_is_unreadable(body):
    with pytest.raises(ReplyInvalid):
        read(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
NAMES = st.sampled_from(["status", "message", "response", "data", "code"])


@patiently
@given(st.binary(max_size=300))
def test_hostile_bytes_are_read_or_unreadable(body):
    with suppress(ReplyInvalid):
        read(body)


@patiently
@given(st.dictionaries(NAMES, JSON, max_size=5), st.booleans())
def test_hostile_objects_are_read_or_unreadable(content, is_encrypted):
    text = json.dumps(content)
    with suppress(ReplyInvalid):
        read(CIPHER.encrypt(text.encode()) if is_encrypted else text)
