"""Invoices and transactions as JSON shows them (gateway.md: Creating an invoice, The rest of the API)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from invoices.sandbox.models import Channel, InvoiceStatus, SandboxInvoice, SandboxTransaction


def invoice_shape(invoice: SandboxInvoice) -> dict[str, Any]:
    """The `invoice` object; ids are numbers, amounts texts with three decimals."""
    payload = invoice.payload
    return {
        "id": invoice.pk,
        "token": invoice.token,
        "access_key": invoice.access_key,
        "url": invoice.url,
        "reference_number": invoice.reference_number,
        "amount": str(invoice.amount),
        "invoice_status": invoice.status,
        "invoice_type": payload["invoiceType"],
        "invoice_sub_type": payload["invoiceSubType"],
        "payment_method": payload["allocatePayType"],
        "subscription": payload["subscription"],
        "expires_at": invoice.expires_at.isoformat(),
        "created_at": clock_text(invoice.created_at),
        "visited_count": invoice.visited_count,
        "sms_status": int(invoice.channel == Channel.SMS),
        "customer": {
            "name": invoice.customer_name,
            "email": invoice.customer_email,
            "phone_number": invoice.customer_phone,
        },
        "products": payload.get("itemsList") or [],
        "transaction": _transaction_of(invoice),
    }


def transaction_shape(transaction: SandboxTransaction) -> dict[str, Any]:
    """The `data` of a transaction enquiry."""
    return {
        "token": transaction.token,
        "amount": str(transaction.amount),
        "reference_number": transaction.invoice.reference_number,
        "status": transaction.status,
        "PaymentID": transaction.payment_id,
        "payment_type": transaction.payment_type,
        "datetime": clock_text(transaction.paid_at or transaction.created_at),
    }


def clock_text(instant: datetime) -> str:
    """UTC; the gateway documents no zone."""
    return instant.strftime("%Y-%m-%d %H:%M:%S")


def _transaction_of(invoice: SandboxInvoice) -> dict[str, Any] | None:
    if invoice.status != InvoiceStatus.PAID:
        return None
    paid = [
        transaction
        for transaction in invoice.transactions.all()
        if transaction.status == SandboxTransaction.Status.SUCCESSFUL
    ]
    return transaction_shape(paid[0]) if paid else None
