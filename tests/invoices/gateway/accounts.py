"""The gateway's published sandbox account, and orders for it."""

from datetime import date
from decimal import Decimal
from typing import Any

from invoices.gateway.cipher import Cipher
from invoices.gateway.client import GatewayClient, GatewayCredentials
from invoices.gateway.codes import Channel
from invoices.gateway.payloads import InvoiceOrder, WireSwitches

TODAY = date(2027, 1, 10)
SECRET_KEY = "PkW64zMe5NVdrlPVNnjo2Jy9nOb7v1Xg"
IV_KEY = "5NVdrlPVNnjo2Jy9"
CIPHER = Cipher(secret_key=SECRET_KEY, iv_key=IV_KEY)
OTHER_CIPHER = Cipher(secret_key="q" * 32, iv_key="w" * 16)
ACCESS_CODE = "c333729b-d060-4b74-a49d-7686a8353481"


def credentials(**changes: Any) -> GatewayCredentials:
    fields: dict[str, Any] = {
        "base_url": "https://merchant.example",
        "payment_base_url": "https://pay.example",
        "merchant_code": "842217",
        "access_code": ACCESS_CODE,
        "secret_key": SECRET_KEY,
        "iv_key": IV_KEY,
        "login_username": None,
        "login_password": None,
    }
    return GatewayCredentials(**(fields | changes))


def order(**changes: Any) -> InvoiceOrder:
    fields: dict[str, Any] = {
        "reference": "INV-7-x9k2",
        "amount": Decimal("280"),
        "channel": Channel.SMS,
        "customer_name": "أحمد",
        "mobile_number": "+962777839071",
        "description": "Rent, January",
        "customer_email": None,
        "language": "ar",
        "due_date": date(2027, 1, 15),
        "expires_on": date(2027, 2, 14),
        "is_installment": True,
    }
    return InvoiceOrder(**(fields | changes))


def client(transport: Any, *, deadline: float = 20, previous_cipher: Cipher | None = None, **changes: Any):
    return GatewayClient(
        credentials=credentials(**changes),
        switches=WireSwitches(),
        transport=transport,
        deadline=deadline,
        previous_cipher=previous_cipher,
    )


def invoice(**changes: Any) -> dict[str, Any]:
    """An invoice as the gateway would describe what ``order()`` created."""
    fields = {
        "id": 5123,
        "token": "tok-1",
        "url": "https://pay.example/i/tok-1",
        "reference_number": "INV-7-x9k2",
        "amount": "280.000",
        "invoice_status": 0,
    }
    return fields | changes


def accepted(response: object) -> dict[str, Any]:
    return {"status": True, "message": "ok", "response": response}
