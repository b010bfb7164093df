"""From the token in an address to what is to be paid, and to the invoice that asks for it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from billing.models import Bill, Customer
from billing.payment_links import InvalidLink, PayableKind, read_link
from invoices.models import GatewayCallback, Invoice
from invoices.pages.gateway_links import GatewayLink, UnsafeLink, check_gateway_link
from invoices.services.payables import Payable, invoices_of
from subscriptions.models import Installment, Subscription

logger = logging.getLogger(__name__)

# So long a payment attempt keeps the button away while the gateway cannot be asked about it.
CHECKED_WITHIN: Final = timedelta(minutes=10)


def find_payable(*, username: str, link_token: str, key: str) -> Payable:
    """
    The bill or installment of a payment link.

    :raises InvalidLink: every wrong one alike; a forged one before the database is asked
    """
    target = read_link(link_token, username=username, key=key)
    where = {"pk": target.payable_id, "merchant__username": username, "link_version": target.version}
    payable: Payable | None
    if target.kind == PayableKind.BILL:
        payable = Bill.objects.select_related("merchant", "customer").filter(**where).first()
    else:
        related = ("merchant", "subscription__customer")
        payable = Installment.objects.select_related(*related).filter(**where).first()
    if payable is None:
        raise InvalidLink
    return payable


def document_of(payable: Payable) -> Bill | Subscription:
    """Where the name, the phone and the currency stand."""
    return payable if isinstance(payable, Bill) else payable.subscription


def customer_of(payable: Payable) -> Customer:
    return document_of(payable).customer


def last_invoice(payable: Payable) -> Invoice | None:
    """The live one, if there is one: a new issue is made only after the one before it ended."""
    return invoices_of(payable).select_related("gateway_account").order_by("-issue_no").first()


def is_being_checked(invoice: Invoice, *, now: datetime) -> bool:
    """Whether a customer came back from the gateway for this invoice and the gateway has not yet said how it went."""
    waiting = GatewayCallback.objects.filter(invoice=invoice, state=GatewayCallback.State.WAITING)
    return waiting.filter(received_at__gt=now - CHECKED_WITHIN).exists()


def safe_link(invoice: Invoice | None) -> GatewayLink | None:
    """The invoice's link at the gateway, if it has one that may be followed (Y15)."""
    if invoice is None or invoice.gateway_account is None or not invoice.gateway_url:
        return None
    try:
        return check_gateway_link(
            invoice.gateway_url,
            allowed_hosts=invoice.gateway_account.allowed_link_hosts,
            allow_http=settings.GATEWAY_ALLOW_PRIVATE,
        )
    except UnsafeLink as problem:
        logger.error("invoice %s: the gateway's link is not followed: %s", invoice.pk, problem)
        return None
