"""A merchant's side of the wire, with a cipher of its own: the library's padder, not the sandbox's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.padding import PKCS7
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from invoices.sandbox.accounts import PUBLISHED

ROOT = "/sandbox/api/v1/"


def tomorrow() -> str:
    return (timezone.now().date() + timedelta(days=1)).isoformat()


def order(**changes: Any) -> dict[str, Any]:
    """The payload printed in invoice-gateway.txt, with dates of today; a change of None leaves the field out."""
    printed = {
        "merchantCode": "842217",
        "mobileNumber": "66666666",
        "customerName": "TEST",
        "referenceNumber": "1234",
        "amount": "280.000",
        "countryCode": "+965",
        "invoiceType": "1",
        "invoiceSubType": "0",
        "description": "Invoice testing",
        "customerEmail": "test@gmail.com",
        "allocatePayType": [],
        "itemsList": [],
        "subscription": "1",
        "language": "en",
        "expiresAt": tomorrow(),
        "frequency": "1",
        "noofRecurrence": "1",
        "SubscriptionType": "1",
        "startDate": tomorrow(),
    }
    return {name: value for name, value in (printed | changes).items() if value is not None}


class Merchant:
    """Calls the sandbox as one account."""

    def __init__(self, credentials: Any = PUBLISHED, **headers: str) -> None:
        self.credentials = credentials
        self.headers = {"accessCode": credentials.access_code, "Accept": "application/json"} | headers
        self.client = Client()

    def create(self, **changes: Any) -> Any:
        stated = {"merchantCode": self.credentials.merchant_code} | changes
        return self.post("invoice/", order(**stated))

    def created(self, **changes: Any) -> dict[str, Any]:
        """The `response` of a successful creation."""
        invoice: dict[str, Any] = self.open(self.create(**changes))["response"]
        return invoice

    def post(self, path: str, fields: object) -> Any:
        return self._send("POST", path, {"data": self.seal(fields)})

    def put(self, path: str, **fields: Any) -> Any:
        sealed = self.seal({"merchantCode": self.credentials.merchant_code} | fields)
        return self._send("PUT", path, {"data": sealed})

    def get(self, path: str, **query: str) -> Any:
        sealed = self.seal({"merchantCode": self.credentials.merchant_code})
        return self.client.get(ROOT + path, {"data": sealed} | query, headers=self.headers)

    def get_transaction(self, key: str, **query: str) -> Any:
        return self.client.get(f"/sandbox/api/transaction/{key}", query, headers=self.headers)

    def seal(self, fields: object) -> str:
        return self.seal_text(json.dumps(fields, separators=(",", ":")))

    def seal_text(self, text: str) -> str:
        padder = PKCS7(32 * 8).padder()
        padded = padder.update(text.encode()) + padder.finalize()
        encryptor = self._cipher().encryptor()
        return (encryptor.update(padded) + encryptor.finalize()).hex()

    def open(self, answer: HttpResponse | str) -> Any:
        """What a bare hex body says."""
        text = answer if isinstance(answer, str) else answer.content.decode()
        decryptor = self._cipher().decryptor()
        padded = decryptor.update(bytes.fromhex(text)) + decryptor.finalize()
        unpadder = PKCS7(32 * 8).unpadder()
        return json.loads(unpadder.update(padded) + unpadder.finalize())

    def _cipher(self) -> Cipher[Any]:
        return Cipher(AES(self.credentials.secret_key.encode()), modes.CBC(self.credentials.iv_key.encode()))

    def _send(self, method: str, path: str, body: dict[str, str]) -> Any:
        return self.client.generic(
            method, ROOT + path, json.dumps(body), content_type="application/json", headers=self.headers
        )
