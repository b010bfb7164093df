"""What an invoice becomes on the gateway's wire."""

from __future__ import annotations

from django.conf import settings

from billing.models import Merchant
from billing.services.links import payment_url
from invoices.gateway.codes import Channel
from invoices.gateway.orders import InvoiceOrder
from invoices.models import GatewayAccount, Invoice
from invoices.services.payables import link_target


def order_of(invoice: Invoice, *, account: GatewayAccount) -> InvoiceOrder:
    """The invoice as the gateway is asked to make it; no national id, notes or address leave the house."""
    merchant = invoice.merchant
    return InvoiceOrder(
        reference=invoice.reference,
        amount=invoice.amount,
        channel=Channel(invoice.channel),
        customer_name=invoice.customer_name,
        mobile_number=invoice.customer.phone,
        description=_description(invoice, account),
        customer_email=invoice.customer_email or None,
        language=invoice.language,
        due_date=invoice.due_date,
        expires_on=invoice.expires_on,
        is_installment=invoice.installment_id is not None,
        pay_types=tuple(account.pay_types),
        webhook_url=webhook_url(merchant) if account.sends_webhook_url else None,
    )


def webhook_url(merchant: Merchant) -> str:
    return f"{settings.PUBLIC_BASE_URL}/{merchant.username}/gateway/webhook"


def return_url(merchant: Merchant) -> str:
    return f"{settings.PUBLIC_BASE_URL}/{merchant.username}/gateway/return"


def page_url(invoice: Invoice) -> str:
    """Our own page for what this invoice asks for; it outlives the invoice."""
    target = link_target(invoice.payable)
    return payment_url(
        merchant_username=invoice.merchant.username,
        kind=target.kind,
        payable_id=target.payable_id,
        version=target.version,
    )


def _description(invoice: Invoice, account: GatewayAccount) -> str:
    if account.puts_page_in_description:
        return f"{invoice.description}\n{page_url(invoice)}"
    return invoice.description
