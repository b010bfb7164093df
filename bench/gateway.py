"""
A gateway that costs little: speaks the real, encrypted wire, and answers every invoice as created.

    python -m bench.gateway PORT

The first segment of the path is how many milliseconds it takes: `http://127.0.0.1:PORT/200/api/v1/invoice/`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from typing import Final

from invoices.gateway.cipher import Cipher
from tests.infrastructure.ports import HOST

# The published sandbox pair (gateway.md).
CIPHER: Final = Cipher(secret_key="PkW64zMe5NVdrlPVNnjo2Jy9nOb7v1Xg", iv_key="5NVdrlPVNnjo2Jy9")
_ids = itertools.count(1)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            body = await reader.readexactly(length)
            await asyncio.sleep(int(head.split(b"/", 2)[1]) / 1000)
            answer = _answer(body)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _answer(body: bytes) -> bytes:
    order = json.loads(CIPHER.decrypt(json.loads(body)["data"]))
    number = next(_ids)
    created = {
        "id": number,
        "token": f"token-{number}",
        "url": f"http://{HOST}/pay/token-{number}",
        "reference_number": order["referenceNumber"],
        "amount": order["amount"],
        "invoice_status": "0",
        "invoice_type": order["invoiceType"],
        "customer": {"name": order["customerName"], "phone_number": order["mobileNumber"]},
        "expires_at": order["expiresAt"],
    }
    return CIPHER.encrypt_json({"status": True, "message": "Created", "response": created}).encode()


async def _main(port: int) -> None:
    server = await asyncio.start_server(_serve, HOST, port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
