"""The cipher against the vectors of gateway.md, which the gateway's own kits made."""

from __future__ import annotations

import subprocess

import pytest

from invoices.sandbox.accounts import PUBLISHED
from invoices.sandbox.cipher import Undecipherable, decipher, encipher

KEYS = {"secret_key": PUBLISHED.secret_key, "iv_key": PUBLISHED.iv_key}
MERCHANT = (
    '{"merchantCode":"842217"}',
    "0e7898bd7464d0c402fe8a949d9cbf9b826ccb9b83b56fa003373275f1947a65",
)
WHOLE_BLOCK_OF_PADDING = (
    '{"m":"xxxxxxxxxxxxxxxxxxxxxxxx"}',
    "0cd2a8bb4b52e9517df7183b7d66c51b6735d4c399255cadba13fff5320e6252"
    "a7face45ca1d457d63bd1e5fb9d471356d351d8ca443eaa8eba5d6e76e72da51",
)
PADDING_OVER_SIXTEEN = (
    '{"status":true,"message":"Invoice status update successful","response":null}',
    "60a8f6241932227b840a9f5e36987f4d894e5813e1ec714a9f1093832ea77937"
    "b298e2fd12ae31865c8949b356931c0fd6c88f5b188f1e01857538b4431055a8"
    "8813ef3ef595ff271d7ac37f0338f9a4689fd9bec344551d7b4c0c9a382f99d9",
)


@pytest.mark.parametrize(("text", "sealed"), [MERCHANT, WHOLE_BLOCK_OF_PADDING, PADDING_OVER_SIXTEEN])
def test_the_gateways_own_vectors_come_out_both_ways(text: str, sealed: str) -> None:
    assert encipher(text, **KEYS) == sealed
    assert decipher(sealed, **KEYS) == text
    assert decipher(sealed.upper(), **KEYS) == text


def test_openssl_reads_what_we_seal() -> None:
    text = '{"name":"\\u0645"}' + "x" * 20

    sealed = encipher(text, **KEYS)

    opened = _openssl("-d", bytes.fromhex(sealed))
    assert opened == text.encode() + bytes([27]) * 27


@pytest.mark.parametrize("padding", [1, 15, 16, 17, 31, 32])
def test_any_padding_up_to_32_is_read(padding: int) -> None:
    text = "y" * (48 - padding)

    sealed = _openssl("-e", text.encode() + bytes([padding]) * padding).hex()

    assert decipher(sealed, **KEYS) == text


@pytest.mark.parametrize(
    "last_bytes", [b"\x00", b"\x21" * 33, b"\x02\x03\x03", b"\xff\x01"], ids=["zero", "33", "uneven", "not UTF-8"]
)
def test_bad_padding_is_refused(last_bytes: bytes) -> None:
    padded = b"z" * (48 - len(last_bytes)) + last_bytes

    with pytest.raises(Undecipherable):
        decipher(_openssl("-e", padded).hex(), **KEYS)


@pytest.mark.parametrize("sealed", ["", "0", "xyz", "0e78", MERCHANT[1][:-2], "é" * 32])
def test_what_is_not_whole_blocks_of_hex_is_refused(sealed: str) -> None:
    with pytest.raises(Undecipherable):
        decipher(sealed, **KEYS)


def _openssl(direction: str, data: bytes) -> bytes:
    key, iv = PUBLISHED.secret_key.encode().hex(), PUBLISHED.iv_key.encode().hex()
    command = ["openssl", "enc", "-aes-256-cbc", direction, "-nopad", "-K", key, "-iv", iv]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout
