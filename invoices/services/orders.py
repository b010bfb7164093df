"""What an invoice becomes on the gateway's wire."""

from __future__ import annotations

from django.conf import settings

from billing.models import Merchant
from billing.payment_links import LinkKind
from billing.services.links import payment_url
from invoices.gateway.codes import Channel
from invoices.gateway.orders import InvoiceOrder
from invoices.messages.describing import gateway_line
from invoices.messages.wordings import Wordings
from invoices.models import GatewayAccount, Invoice, MessageTemplate
from invoices.services.payables import Payable, link_target
from invoices.services.pushing.due_invoices import DueInvoice


def order_of(invoice: DueInvoice, *, account: GatewayAccount, wordings: Wordings) -> InvoiceOrder:
    """
    The invoice as the gateway is asked to make it; no national id, notes or address leave the house.

    :param wordings: the merchant's own lines for the gateway's message
    """
    return InvoiceOrder(
        reference=invoice.reference,
        amount=invoice.amount,
        channel=Channel(invoice.channel),
        customer_name=invoice.customer_name,
        mobile_number=invoice.mobile_number,
        description=_description(invoice, account, wordings),
        customer_email=invoice.customer_email or None,
        language=invoice.language,
        due_date=invoice.due_date,
        expires_on=invoice.expires_on,
        is_installment=invoice.installment_id is not None,
        pay_types=tuple(account.pay_types),
        webhook_url=webhook_url(account.merchant) if account.sends_webhook_url else None,
    )


def webhook_url(merchant: Merchant) -> str:
    return f"{settings.PUBLIC_BASE_URL}/{merchant.username}/gateway/webhook"


def return_url(merchant: Merchant) -> str:
    return f"{settings.PUBLIC_BASE_URL}/{merchant.username}/gateway/return"


def page_url(invoice: Invoice) -> str:
    """Our own page for what this invoice asks for; it outlives the invoice."""
    return payable_url(invoice.payable)


def payable_url(payable: Payable) -> str:
    """Our own page of a bill or installment."""
    target = link_target(payable)
    return payment_url(
        merchant_username=payable.merchant.username,
        kind=target.kind,
        payable_id=target.subject_id,
        version=target.version,
    )


def _description(invoice: DueInvoice, account: GatewayAccount, wordings: Wordings) -> str:
    line = _line(invoice, account, wordings)
    if not account.puts_page_in_description:
        return line
    kind = LinkKind.BILL if invoice.bill_id else LinkKind.INSTALLMENT
    page = payment_url(
        merchant_username=account.merchant.username,
        kind=kind,
        payable_id=invoice.bill_id or invoice.installment_id or 0,
        version=invoice.link_version,
    )
    return f"{line}\n{page}"


def _line(invoice: DueInvoice, account: GatewayAccount, wordings: Wordings) -> str:
    """Without a line of the merchant's own, what its system described it as, untouched."""
    own = wordings.own.get((MessageTemplate.Use.DESCRIPTION, invoice.language))
    if own is None:
        return invoice.description
    merchant_name = account.merchant.name_in(invoice.language)
    return gateway_line(invoice, template=own.body, currency=account.currency, merchant_name=merchant_name)
