"""From the token in an address to what is to be paid, and to the invoice that asks for it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from billing.models import Bill, Customer
from billing.payment_links import InvalidLink, LinkKind, read_link
from invoices.models import GatewayCallback, Invoice
from invoices.pages.gateway_links import GatewayLink, UnsafeLink, check_gateway_link
from invoices.services.payables import Payable, document_of, invoices_of
from subscriptions.models import Installment

logger = logging.getLogger(__name__)

_LOGO: Final = "merchant__logo"
_IMAGE: Final = "merchant__logo__image"

# Shorter waits that the gateway asks for are over before a customer has read that there is one.
_NOTICEABLE: Final = timedelta(minutes=1)
# So long a payment attempt keeps the button away while the gateway cannot be asked about it.
CHECKED_WITHIN: Final = timedelta(minutes=10)


class LinkReplaced(InvalidLink):
    """Signed by us, but an older version of the link: whoever holds it learns nothing of the bill."""

    def __init__(self, payable: Payable) -> None:
        super().__init__()
        self.payable = payable


def find_payable(*, username: str, link_token: str, key: str) -> Payable:
    """
    The bill or installment of a payment link.

    Its merchant's logo comes along, without the image.

    :raises LinkReplaced: the link was renewed since
    :raises InvalidLink: every wrong one alike; a forged one before the database is asked
    """
    target = read_link(link_token, username=username, key=key)
    if target.kind not in (LinkKind.BILL, LinkKind.INSTALLMENT):
        raise InvalidLink
    where = {"pk": target.subject_id, "merchant__username": username}
    payable: Payable | None
    if target.kind == LinkKind.BILL:
        payable = Bill.objects.select_related(_LOGO, "customer").defer(_IMAGE).filter(**where).first()
    else:
        found = Installment.objects.select_related(_LOGO, "subscription__customer").defer(_IMAGE)
        payable = found.filter(**where).first()
    if payable is None or payable.link_version < target.version:
        raise InvalidLink
    if payable.link_version > target.version:
        raise LinkReplaced(payable)
    return payable


def customer_of(payable: Payable) -> Customer:
    return document_of(payable).customer


def last_invoice(payable: Payable, *, now: datetime) -> tuple[Invoice | None, bool]:
    """
    The live one, if there is one: a new issue is made only after the one before it ended.

    And whether it is being checked (`is_being_checked`). Its account comes along.
    """
    waiting = _waiting(now).filter(invoice=OuterRef("pk"))
    invoices = invoices_of(payable).select_related("gateway_account")
    invoice: Any = invoices.annotate(has_open_attempt=Exists(waiting)).order_by("-issue_no").first()
    return invoice, invoice is not None and invoice.has_open_attempt


def is_being_checked(invoice: Invoice, *, now: datetime) -> bool:
    """Whether a customer came back from the gateway for this invoice and the gateway has not yet said how it went."""
    return _waiting(now).filter(invoice=invoice).exists()


def _waiting(now: datetime) -> QuerySet[GatewayCallback]:
    waiting = GatewayCallback.objects.filter(state=GatewayCallback.State.WAITING)
    return waiting.filter(received_at__gt=now - CHECKED_WITHIN)


def is_gateway_down(invoice: Invoice, *, now: datetime) -> bool:
    """Whether the invoice cannot be paid, or not be sent, because its gateway is out of reach for a while."""
    account = invoice.gateway_account
    if account is None or account.parked_at is not None:
        return True
    is_stopped = account.breaker_open_until is not None and account.breaker_open_until > now
    waits = account.paused_until is not None and account.paused_until > now + _NOTICEABLE
    # Who is only asked to call less often has links that work.
    return is_stopped or (waits and invoice.delivery != Invoice.Delivery.SENT)


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
