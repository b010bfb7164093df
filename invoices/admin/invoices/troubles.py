"""Invoices that the gateway has not simply sent: what happens by itself, until when, and what a person can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.admin.cells import instant, link, money
from billing.admin.screens.documents import Notice
from billing.models import Bill
from invoices.admin.invoices.actions import AskGateway, SendOnceMore
from invoices.gateway_sentences import gateway_words
from invoices.models import Invoice, Payment
from invoices.policy import GatewayPolicy

Delivery = Invoice.Delivery


def troubles_of(invoices: Iterable[Invoice], *, may_ask: bool) -> list[Notice]:
    """
    What has to be looked at before anything else.

    :param may_ask: whether the person may do what the notice leads to
    """
    troubled = [each for each in invoices if each.status == Invoice.Status.OPEN and each.delivery in _WORDS]
    return [Notice(text=_trouble(invoice, may_ask=may_ask), colour="danger") for invoice in troubled]


def cancelled_though_paid(bill: Bill, payments: Iterable[Payment]) -> list[Notice]:
    """Money that nothing is owed for any more, and that was not given back: whoever cancelled goes on from here."""
    kept = bill.amount_paid - bill.amount_refunded
    if bill.status != Bill.Status.CANCELLED or kept <= 0:
        return []
    told = format_html(
        _("It was cancelled, and {amount} had been paid. Give it back from the page of the payment:"),
        amount=money(kept, bill.currency),
    )
    links = format_html_join(_(", "), "{}", ((link(payment),) for payment in payments if payment.applied_amount))
    return [Notice(text=format_html("{} {}", told, links))]


def _trouble(invoice: Invoice, *, may_ask: bool) -> SafeString:
    problem = f"{gateway_words(invoice.problem)} · " if invoice.problem else ""
    words = _WORDS[Delivery(invoice.delivery)](invoice)
    told = format_html("{} · {} · {}{}", link(invoice), invoice.get_delivery_display(), problem, words)
    return format_html("{} {}", told, _way_out(invoice)) if may_ask else told


def _unknown(invoice: Invoice) -> SafeString:
    until = _settled_by(invoice)
    if until is None or until < timezone.now():
        return format_html(
            "{}", _("The gateway is asked again and again by itself; nothing is sent twice before it has answered.")
        )
    told = _("The gateway is asked about it by itself. By {until} it is found there, or sent anew.")
    return format_html(told, until=instant(until))


def _parked(invoice: Invoice) -> SafeString:
    return format_html(
        "{}", _("Nothing more happens by itself. Look for it in the gateway's panel, then say what you saw.")
    )


def _refused(invoice: Invoice) -> SafeString:
    return format_html("{}", _("Put right what it was refused for, then send it again."))


def _settled_by(invoice: Invoice) -> datetime | None:
    """When as many looks as prove it have been made, each at its time."""
    since = invoice.unknown_since
    return since + GatewayPolicy.from_settings().looks_within if since else None


def _way_out(invoice: Invoice) -> SafeString:
    if invoice.delivery == Delivery.UNKNOWN:
        name, text = AskGateway.name, _("Ask the gateway now")
    elif invoice.delivery == Delivery.REJECTED:
        name, text = SendOnceMore.name, _("Send again")
    else:
        return link(invoice, _("Decide on the invoice's page"))
    url = reverse("admin:invoices_invoice_do", args=[invoice.pk, name])
    return format_html('<a href="{}">{}</a>', url, text)


_WORDS: Final[Mapping[Delivery, Callable[[Invoice], SafeString]]] = {
    Delivery.UNKNOWN: _unknown,
    Delivery.PARKED: _parked,
    Delivery.REJECTED: _refused,
}
