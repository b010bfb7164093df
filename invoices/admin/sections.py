"""The tables that pages of several documents share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import above, copyable, day, instant, isolated, link, money, status_label
from billing.admin.screens.documents import Column, Section
from billing.models import Event
from billing.services.links import payment_url
from invoices.admin.openings import openings_text
from invoices.admin.receipt_cells import receipt_cell
from invoices.documents.qr import draw_qr
from invoices.models import Invoice, Payment
from invoices.services.payables import Payable, link_target
from subscriptions.admin.installments import installment_label, is_overdue
from subscriptions.models import Installment

MOST_ROWS = 12
_PAYMENT_LINK = "admin/office/payment_link.html"


def newest_invoices(payable: Payable) -> list[Invoice]:
    """Kept with it, for whoever asks it for its invoices while the page is made."""
    prefetch_related_objects([payable], Prefetch("invoices", Invoice.objects.order_by("-id")))
    return list(payable.invoices.all())


def invoices_section(invoices: Iterable[Invoice], *, more_url: str = "", empty: str | Promise = "") -> Section:
    columns = (
        Column(title=_("Invoice")),
        Column(title=_("Status")),
        Column(title=_("Delivery")),
        Column(title=_("Amount"), is_numeric=True),
    )
    rows = [
        (
            link(invoice),
            status_label(invoice),
            above(status_label(invoice, "delivery"), _sent(invoice)),
            money(invoice.amount, invoice.currency),
        )
        for invoice in invoices
    ]
    return Section(title=_("Invoices"), columns=columns, rows=rows, more_url=more_url, empty=empty or _("None yet."))


def payments_section(payments: Iterable[Payment], *, more_url: str = "") -> Section:
    columns = (
        Column(title=_("Received")),
        Column(title=_("Receipt")),
        Column(title=_("Amount"), is_numeric=True),
        Column(title=_("For review")),
    )
    rows = [
        (
            above(link(payment, instant(payment.received_at)), _way(payment)),
            receipt_cell(payment),
            above(money(payment.amount, payment.currency), _settled(payment)),
            status_label(payment, "review_reason"),
        )
        for payment in payments
    ]
    empty = _("No money has come in yet.")
    return Section(title=_("Payments"), columns=columns, rows=rows, more_url=more_url, empty=empty)


def installments_section(installments: Iterable[Installment], *, currency: str, more_url: str = "") -> Section:
    columns = (
        Column(title=_("No.")),
        Column(title=_("Due")),
        Column(title=_("Status")),
        Column(title=_("Amount"), is_numeric=True),
        Column(title=_("Still owed"), is_numeric=True),
    )
    rows = [
        (
            above(link(installment, installment.sequence), _isolated_if_any(installment.description)),
            day(installment.due_date, is_late=is_overdue(installment)),
            installment_label(installment),
            money(installment.amount, currency),
            money(installment.amount_due or None, currency),
        )
        for installment in installments
    ]
    return Section(title=_("Installments"), columns=columns, rows=rows, more_url=more_url, empty=_("None yet."))


def link_section(payable: Payable) -> Section:
    """The customer's own page; whoever has its address may pay."""
    target = link_target(payable)
    url = payment_url(
        merchant_username=payable.merchant.username,
        kind=target.kind,
        payable_id=target.subject_id,
        version=target.version,
    )
    code = draw_qr(url) if payable.amount_due > 0 else ""
    context = {"address": copyable(url), "openings": openings_text(payable), "code": code}
    return Section(title=_("Payment page"), content=SafeString(render_to_string(_PAYMENT_LINK, context)))


def _sent(invoice: Invoice) -> SafeString:
    if invoice.sent_at is None:
        return format_html("{}", invoice.get_channel_display())
    return format_html("{} · {}", invoice.get_channel_display(), instant(invoice.sent_at))


def _way(payment: Payment) -> SafeString:
    """How the money came, and who took it."""
    method, taker = payment.get_method_display(), payment.recorded_by
    return format_html("{} · {}", method, isolated(taker.display_name)) if taker else format_html("{}", method)


def _settled(payment: Payment) -> SafeString:
    """Where it is not the whole amount."""
    if payment.applied_amount == payment.amount:
        return SafeString("")
    return format_html("{}: {}", _("Settled"), money(payment.applied_amount, payment.currency))


def _isolated_if_any(text: str) -> SafeString:
    return isolated(text) if text else SafeString("")


def list_url(model: str, **query: Any) -> str:
    """:param model: `billing_bill`; `query` becomes the list's filter"""
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse(f'admin:{model}_changelist')}?{pairs}"


def subjects_of(invoices: Iterable[Invoice], payments: Iterable[Payment]) -> list[tuple[Event.Subject, list[int]]]:
    return [
        (Event.Subject.INVOICE, [invoice.pk for invoice in invoices]),
        (Event.Subject.PAYMENT, [payment.pk for payment in payments]),
    ]
