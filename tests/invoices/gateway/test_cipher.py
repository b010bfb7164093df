import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.gateway.cipher import Cipher
from invoices.gateway.errors import CipherError
from tests.invoices.gateway.accounts import CIPHER, IV_KEY, OTHER_CIPHER, SECRET_KEY
from tests.invoices.gateway.patience import patiently
from tests.vectors.make_vectors import TARGET

VECTORS = json.loads(Path(TARGET).read_text())
PUBLISHED = [
    (
        '{"merchantCode":"842217"}',
        "0e7898bd7464d0c402fe8a949d9cbf9b826ccb9b83b56fa003373275f1947a65",
    ),
    (
        '{"m":"xxxxxxxxxxxxxxxxxxxxxxxx"}',
        "0cd2a8bb4b52e9517df7183b7d66c51b6735d4c399255cadba13fff5320e6252"
        "a7face45ca1d457d63bd1e5fb9d471356d351d8ca443eaa8eba5d6e76e72da51",
    ),
]
PUBLISHED_ANSWER = (
    "60a8f6241932227b840a9f5e36987f4d894e5813e1ec714a9f1093832ea77937b298e2fd12ae31865c8949b356931c0f"
    "d6c88f5b188f1e01857538b4431055a88813ef3ef595ff271d7ac37f0338f9a4689fd9bec344551d7b4c0c9a382f99d9"
)


@pytest.mark.parametrize(("plaintext", "ciphertext"), PUBLISHED)
def test_the_published_vectors_are_reproduced_both_ways(plaintext, ciphertext):
    assert CIPHER.encrypt(plaintext.encode()) == ciphertext
    assert CIPHER.decrypt(ciphertext) == plaintext.encode()


def test_a_real_answer_is_read():
    assert CIPHER.decrypt(PUBLISHED_ANSWER) == (
        b'{"status":true,"message":"Invoice status update successful","response":null}'
    )
    assert CIPHER.decrypt_json(PUBLISHED_ANSWER.upper()) == {
        "status": True,
        "message": "Invoice status update successful",
        "response": None,
    }


@pytest.mark.parametrize("vector", VECTORS["sent"], ids=lambda vector: vector["padding"])
def test_every_length_is_sent_as_openssl_would(vector):
    assert CIPHER.encrypt(vector["plaintext"].encode()) == vector["ciphertext"]
    assert CIPHER.decrypt(vector["ciphertext"]) == vector["plaintext"].encode()


@pytest.mark.parametrize("vector", VECTORS["received"], ids=lambda vector: vector["padding"])
def test_every_padding_is_received_also_on_an_odd_block(vector):
    assert CIPHER.decrypt(vector["ciphertext"]) == vector["plaintext"].encode()


def test_json_is_compact_and_ascii():
    assert CIPHER.decrypt(CIPHER.encrypt_json({"n": "أ", "e": "😀"})) == (b'{"n":"\\u0623","e":"\\ud83d\\ude00"}')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zz",
        "abc",
        "ab" * 15,
        "ab" * 16,
        "0E7898BD",
        " " + PUBLISHED[0][1],
        PUBLISHED[0][1] + "\n",
        "٠١" * 16,
    ],
)
def test_what_these_keys_did_not_make_is_refused(text):
    with pytest.raises(CipherError):
        CIPHER.decrypt(text)


@pytest.mark.parametrize("padding", [0, 33, 255])
def test_impossible_paddings_are_refused(padding):
    # encrypt() adds a whole block of its own; without it the chosen last byte is the padding.
    ciphertext = CIPHER.encrypt(b"x" * 63 + bytes([padding]))[:128]

    with pytest.raises(CipherError):
        CIPHER.decrypt(ciphertext)


def test_padding_longer_than_the_text_is_refused():
    ciphertext = CIPHER.encrypt(bytes([17]) * 16 + b"y" * 16)[:32]

    with pytest.raises(CipherError):
        CIPHER.decrypt(ciphertext)


@pytest.mark.parametrize(
    "plaintext",
    [
        b"[" * 100000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b"NaN",
        b'{"a":Infinity}',
        b"\xff\xfe{}",
        b"",
        b"{}x",
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1.' + b"0" * 5000 + b"}",
    ],
)
def test_decrypted_text_that_is_no_sensible_json_is_refused(plaintext):
    with pytest.raises(CipherError):
        CIPHER.decrypt_json(CIPHER.encrypt(plaintext))


def test_numbers_keep_their_digits_and_text_is_storable():
    content = CIPHER.decrypt_json(CIPHER.encrypt(b'{"a":280.000,"n":7,"t":"x\\u0000\\ud800"}'))

    assert content == {"a": "280.000", "n": 7, "t": "x\ufffd?"}


@patiently
@given(st.binary(max_size=200))
def test_anything_encrypted_comes_back(plaintext):
    assert CIPHER.decrypt(CIPHER.encrypt(plaintext)) == plaintext


@patiently
@given(st.one_of(st.text(max_size=300), st.binary(max_size=200).map(bytes.hex)))
def test_hostile_ciphertext_is_an_object_or_a_cipher_error(text):
    for cipher in (CIPHER, OTHER_CIPHER):
        with suppress(CipherError):
            cipher.decrypt_json(text)


@pytest.mark.parametrize(("secret_key", "iv_key"), [("short", IV_KEY), (SECRET_KEY, ""), ("é" * 32, IV_KEY)])
def test_malformed_keys_are_refused_without_being_shown(secret_key, iv_key):
    with pytest.raises(CipherError) as caught:
        Cipher(secret_key=secret_key, iv_key=iv_key)

    assert "short" not in str(caught.value)


def test_keys_do_not_show_in_the_repr():
    assert repr(CIPHER) == "Cipher()"
