"""Make, cancel and send again: what the merchant API does to invoices."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from invoices.sandbox.answers import invalid_fields, not_found
from invoices.sandbox.models import (
    Channel,
    InvoiceStatus,
    SandboxAccount,
    SandboxInvoice,
    SandboxMessage,
)
from invoices.sandbox.models.invoice import new_token
from invoices.sandbox.orders import Order
from invoices.sandbox.wordings import MESSAGES


@transaction.atomic
def create_invoice(*, account: SandboxAccount, order: Order, url_of: Callable[[str], str]) -> SandboxInvoice:
    """
    Store the invoice and send the customer the gateway's own text.

    A reference that came before makes a second invoice: the gateway has no idempotency (gateway.md, Errors).

    :param url_of: the absolute address of the pay page for a token
    """
    token = new_token()
    invoice = SandboxInvoice.objects.create(
        account=account,
        token=token,
        url=url_of(token),
        reference_number=order.reference,
        amount=order.amount,
        channel=order.channel,
        customer_name=order.customer_name,
        customer_phone=order.customer_phone,
        customer_email=order.customer_email,
        description=order.description,
        language=order.language,
        payload=order.payload,
        webhook_url=order.webhook_url,
        expires_at=order.expires_at,
    )
    _send_message(invoice, kind=SandboxMessage.Kind.CREATE)
    # The database wrote created_at.
    invoice.refresh_from_db()
    return invoice


@transaction.atomic
def cancel_invoice(*, account: SandboxAccount, token: str) -> None:
    """
    Kill the link. Cancelling twice is as good as once.

    :raises Refusal: 404 for a token of nobody or of another account, 422 for a paid invoice
    """
    invoice = account.invoices.select_for_update().filter(token=token).first()
    if invoice is None:
        raise not_found("Invoice not found")
    if invoice.status == InvoiceStatus.PAID:
        raise invalid_fields({"statusId": ["a paid invoice cannot be cancelled"]})

    invoice.status = InvoiceStatus.CANCELLED
    invoice.save(update_fields=["status"])


@transaction.atomic
def resend_invoice(*, account: SandboxAccount, resend_id: str, phone: str) -> SandboxInvoice:
    """
    Send the same link again, to this number.

    :param resend_id: the invoice's id; its token is taken too
    :raises Refusal: 404 for another's, 422 unless the invoice is unpaid
    """
    same = {"pk": int(resend_id)} if _is_id(resend_id) else {"token": resend_id}
    invoice = account.invoices.select_for_update().filter(**same).first()
    if invoice is None:
        raise not_found("Invoice not found")
    if invoice.status != InvoiceStatus.UNPAID:
        raise invalid_fields({"resendId": ["only an unpaid invoice can be sent again"]})
    _send_message(invoice, kind=SandboxMessage.Kind.RESEND, phone=phone)
    return invoice


def find_invoice(*, account: SandboxAccount, invoice_id: str) -> SandboxInvoice:
    """:raises Refusal: 404 unless the account has an invoice of this id"""
    if not _is_id(invoice_id):
        raise not_found("Invoice not found")
    invoice = account.invoices.prefetch_related("transactions__invoice").filter(pk=int(invoice_id)).first()
    if invoice is None:
        raise not_found("Invoice not found")
    return invoice


def _send_message(invoice: SandboxInvoice, *, kind: str, phone: str | None = None) -> None:
    phone = phone or invoice.customer_phone
    SandboxMessage.objects.create(
        account=invoice.account,
        invoice=invoice,
        channel=invoice.channel,
        to=invoice.customer_email if invoice.channel == Channel.EMAIL else phone,
        text=_text_of(invoice),
        kind=kind,
    )


def _text_of(invoice: SandboxInvoice) -> str:
    return MESSAGES[invoice.language].format(
        name=invoice.customer_name,
        merchant=invoice.account.merchant_code,
        amount=invoice.amount,
        currency=invoice.account.currency,
        reference=invoice.reference_number,
        url=invoice.url,
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
