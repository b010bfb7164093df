"""Telling the merchant: the customer's way back with encrypted data, and the unsigned webhook."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from invoices.sandbox.answers import compact_json, seal
from invoices.sandbox.invoice_shapes import clock_text, transaction_shape
from invoices.sandbox.models import SandboxTransaction

# Nothing that could end a directive, a user name or a password among it.
ORIGIN: Final = re.compile(r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?(?=[/?#]|\Z)", re.IGNORECASE)
RESULT_CODES: Final = {
    SandboxTransaction.Status.SUCCESSFUL.value: "CAPTURED",
    SandboxTransaction.Status.FAILED.value: "NOT CAPTURED",
    SandboxTransaction.Status.PENDING.value: "PENDING",
}


def return_address(transaction: SandboxTransaction, *, fields_under_data: bool) -> str:
    """
    The merchant's return URL with `?data=<hex>`.

    :param fields_under_data: put the fields under `response.data`, as the gateway sometimes does
    :source: gateway.md, When the customer pays
    """
    account = transaction.invoice.account
    fields = _return_fields(transaction)
    is_paid = transaction.status == SandboxTransaction.Status.SUCCESSFUL
    envelope = {
        "status": is_paid,
        "code": int(is_paid),
        "message": "Transaction Success" if is_paid else "Transaction Failed",
        "response": {"data": fields} if fields_under_data else fields,
    }
    separator = "&" if urlsplit(account.return_url).query else "?"
    return f"{account.return_url}{separator}data={seal(compact_json(envelope), account)}"


def webhook_body(transaction: SandboxTransaction) -> dict[str, Any]:
    """Plain and unsigned: anyone could have sent it."""
    body = transaction_shape(transaction)
    del body["PaymentID"]
    return body | {"service_type": "Invoice"}


def webhook_address(transaction: SandboxTransaction) -> str:
    """The invoice's own address, else the account's; empty where neither has one."""
    return transaction.invoice.webhook_url or transaction.invoice.account.webhook_url


def origin_of(address: str) -> str | None:
    """Scheme, host and port as a content security policy names them; None for no plain http address."""
    origin = ORIGIN.match(address)
    return origin.group().lower() if origin else None


def _return_fields(transaction: SandboxTransaction) -> dict[str, Any]:
    return {
        "resultCode": RESULT_CODES[transaction.status],
        "amount": str(transaction.amount),
        "paymentToken": transaction.token,
        "paymentId": transaction.payment_id,
        "paidOn": clock_text(transaction.paid_at or transaction.created_at),
        "orderReferenceNumber": transaction.invoice.reference_number,
        "method": transaction.payment_type,
        "administrativeCharge": "0.000",
        **{f"variable{number}": "" for number in range(1, 6)},
    }
