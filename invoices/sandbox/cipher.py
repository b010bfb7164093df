"""
The gateway's cipher as the gateway itself would do it: AES-256-CBC, a static IV, padding to 32 bytes, hex.

:source: gateway.md, Cipher. Written apart from the client's, so that neither hides the other's mistakes.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

AES_BLOCK: Final = 16
PADDING_BLOCK: Final = 32


class Undecipherable(ValueError):
    """Not hex, not whole blocks, or not padded as this key's owner would have."""


def encipher(text: str, *, secret_key: str, iv_key: str) -> str:
    """Lowercase hex of the text; a whole block of 32 is added where the text fills its blocks."""
    clear = text.encode()
    surplus = PADDING_BLOCK - len(clear) % PADDING_BLOCK
    encryptor = _cipher(secret_key, iv_key).encryptor()
    return (encryptor.update(clear + bytes([surplus]) * surplus) + encryptor.finalize()).hex()


def decipher(hexadecimal: str, *, secret_key: str, iv_key: str) -> str:
    """:raises Undecipherable: for anything the owner of these keys cannot have sent"""
    try:
        sealed = bytes.fromhex(hexadecimal)
    except ValueError:
        raise Undecipherable("not hexadecimal") from None
    if not sealed or len(sealed) % AES_BLOCK:
        raise Undecipherable("not whole blocks")
    decryptor = _cipher(secret_key, iv_key).decryptor()
    return _strip_padding(decryptor.update(sealed) + decryptor.finalize())


def _strip_padding(padded: bytes) -> str:
    surplus = padded[-1]
    if not 1 <= surplus <= min(PADDING_BLOCK, len(padded)):
        raise Undecipherable("no padding")
    if padded[-surplus:] != bytes([surplus]) * surplus:
        raise Undecipherable("uneven padding")
    try:
        return padded[:-surplus].decode()
    except UnicodeDecodeError:
        raise Undecipherable("not UTF-8") from None


def _cipher(secret_key: str, iv_key: str) -> Cipher[modes.CBC]:
    return Cipher(AES(secret_key.encode("ascii")), modes.CBC(iv_key.encode("ascii")))
