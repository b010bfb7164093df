"""
Makes ``cipher.json`` with the openssl command line, so that our cipher is not tested against itself.

Run it from the repository: ``python tests/vectors/make_vectors.py``. The keys are the gateway's published
sandbox pair. "sent" texts are padded to a multiple of 32 bytes as we must send them; "received" texts end
on an odd 16-byte block as well, with every padding the gateway's kits produce.
"""

import json
import subprocess
from pathlib import Path

SECRET_KEY = "PkW64zMe5NVdrlPVNnjo2Jy9nOb7v1Xg"
IV_KEY = "5NVdrlPVNnjo2Jy9"
TARGET = Path(__file__).with_name("cipher.json")


def openssl(padded: bytes) -> str:
    keys = ["-K", SECRET_KEY.encode().hex(), "-iv", IV_KEY.encode().hex()]
    command = ["openssl", "enc", "-aes-256-cbc", "-nopad", *keys]
    return subprocess.run(command, input=padded, capture_output=True, check=True).stdout.hex()


def json_of_length(length: int) -> str:
    return json.dumps({"m": "x" * (length - 8)}, separators=(",", ":"))


def vector(*, total: int, padding: int) -> dict[str, object]:
    plaintext = json_of_length(total - padding)
    ciphertext = openssl(plaintext.encode() + bytes([padding]) * padding)
    return {"padding": padding, "plaintext": plaintext, "ciphertext": ciphertext}


if __name__ == "__main__":
    vectors = {
        "sent": [vector(total=64, padding=padding) for padding in range(1, 33)],
        "received": [vector(total=48, padding=padding) for padding in range(1, 33)],
    }
    TARGET.write_text(json.dumps(vectors, indent=1) + "\n")
