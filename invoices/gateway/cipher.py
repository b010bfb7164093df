"""AES-256-CBC as the gateway speaks it (gateway.md, Cipher)."""

import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from invoices.gateway import wire_json
from invoices.gateway.errors import CipherError

BLOCK = 16
PADDED_TO = 32
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")


@dataclass(frozen=True)
class Cipher:
    """
    One merchant's key pair: 32 and 16 printable ASCII characters, used as they are.

    Nothing authenticates the text: what was decrypted from a callback is a hint, never a fact.

    :raises CipherError: if a key has another length or other characters
    """

    secret_key: str = field(repr=False)
    iv_key: str = field(repr=False)

    def __post_init__(self) -> None:
        _check_key(self.secret_key, length=32, name="secret key")
        _check_key(self.iv_key, length=16, name="IV key")

    def encrypt(self, plaintext: bytes) -> str:
        """Lowercase hex of the plaintext, padded to a multiple of 32 bytes."""
        missing = PADDED_TO - len(plaintext) % PADDED_TO
        encryptor = self._block_cipher().encryptor()
        return (encryptor.update(plaintext + bytes([missing]) * missing) + encryptor.finalize()).hex()

    def decrypt(self, hex_text: str) -> bytes:
        """
        The plaintext of hex in either case; padding of 1 to 32 bytes, ciphertext in blocks of 16.

        :raises CipherError: for anything this key pair did not make
        """
        if not isinstance(hex_text, str) or not _HEX.fullmatch(hex_text):
            raise CipherError("The text is not hex.")
        ciphertext = bytes.fromhex(hex_text)
        if len(ciphertext) % BLOCK:
            raise CipherError("The text is not made of whole blocks.")
        decryptor = self._block_cipher().decryptor()
        return _unpadded(decryptor.update(ciphertext) + decryptor.finalize())

    def encrypt_json(self, value: object) -> str:
        """Encrypt a value as compact ASCII JSON."""
        return self.encrypt(wire_json.dump(value).encode("ascii"))

    def decrypt_json(self, hex_text: str) -> object:
        """
        Decrypt and parse; see ``wire_json.parse`` for the shape.

        :raises CipherError: also for text that is not JSON, or is nested too deep
        """
        try:
            return wire_json.parse(self.decrypt(hex_text).decode("utf-8"))
        except ValueError:
            raise CipherError("The decrypted text is not JSON.") from None

    def _block_cipher(self) -> BlockCipher[CBC]:
        return BlockCipher(AES(self.secret_key.encode("ascii")), CBC(self.iv_key.encode("ascii")))


def _check_key(key: str, *, length: int, name: str) -> None:
    if not isinstance(key, str) or not re.fullmatch(rf"[\x21-\x7e]{{{length}}}", key):
        raise CipherError(f"The {name} must be {length} printable ASCII characters.")


def _unpadded(padded: bytes) -> bytes:
    count = padded[-1]
    # Up to 32 and not 16: the gateway's own kits pad answers both ways (gateway.md, Cipher).
    if not 1 <= count <= PADDED_TO or padded[-count:] != bytes([count]) * count:
        raise CipherError("The padding is wrong.")
    return padded[:-count]
