"""The collector's list: whom to call first, with one tap to call or to write. It is read on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.acts.notes import AddNote
from billing.admin.asked_merchant import asked_merchant
from billing.admin.cells import day, instant, money, phone_number
from billing.admin.merchant_names import named
from billing.admin.roles import Right, merchants_where, rights_of
from billing.admin.screens.returning import returning_to
from billing.models import Customer, Merchant
from billing.row_ids import is_row_id
from invoices.admin.customers.promises import PromiseOverdue
from invoices.messages.contacts import whatsapp_to
from invoices.messages.texts import invoice_text
from invoices.messages.wordings import Wordings
from invoices.models import Invoice, MessageTemplate
from invoices.services.collecting import MOST_CUSTOMERS, Overdue, overdue_customers
from invoices.services.message_templates import wordings_of

_PER_PAGE: Final = 50
_PAGES: Final = MOST_CUSTOMERS // _PER_PAGE


@dataclass(frozen=True, kw_only=True)
class Card:
    """One customer, ready to be shown."""

    name: str
    page_url: str
    phone: str
    phone_shown: SafeString
    owed: SafeString
    late: str
    promise: SafeString | None
    is_promise_broken: bool
    note: str
    note_when: SafeString | None
    is_called_today: bool
    note_url: str
    promise_url: str
    whatsapp_url: str
    anchor: str


def collecting_view(request: HttpRequest) -> HttpResponse:
    """:raises Http404: for a merchant whose customers the person does not look after"""
    merchants = merchants_where(request, Right.ADD_NOTES).order_by("username")
    merchant = asked_merchant(request, Right.ADD_NOTES)
    number = _page_number(request.GET.get("page", "1"))
    now = timezone.now()
    found = overdue_customers(
        merchant=merchant, today=merchant.local_date(now), offset=(number - 1) * _PER_PAGE, limit=_PER_PAGE + 1
    )
    may_send = rights_of(request).allow(Right.SEND, merchant.pk)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Whom to call"),
        "cards": _cards(found[:_PER_PAGE], merchant, may_send=may_send, now=now, page_number=number),
        "merchant": merchant,
        "merchants": named(merchants[:20]),
        "next_page": number + 1 if len(found) > _PER_PAGE and number < _PAGES else None,
        "previous_page": number - 1 if number > 1 else None,
    }
    return TemplateResponse(request, "admin/office/collecting.html", context)


def _page_number(text: str) -> int:
    return min(int(text), _PAGES) if is_row_id(text) else 1


def _cards(found: list[Overdue], merchant: Merchant, *, may_send: bool, now: datetime, page_number: int) -> list[Card]:
    wordings = wordings_of(merchant) if may_send else None
    today = merchant.local_date(now)
    here = f"{reverse('admin:billing_customer_collecting')}?merchant={merchant.pk}&page={page_number}"
    return [_card(row, merchant, wordings, today, here) for row in found]


def _card(row: Overdue, merchant: Merchant, wordings: Wordings | None, today: date, here: str) -> Card:
    """:param here: the address of this page of the list, where each call ends"""
    customer, note = row.customer, row.last_note
    anchor = f"customer-{customer.pk}"
    back = f"{here}#{anchor}"
    days = (today - row.oldest_due_date).days
    return Card(
        name=customer.name,
        page_url=reverse("admin:billing_customer_change", args=[customer.pk]),
        phone=customer.phone,
        phone_shown=phone_number(customer.phone),
        owed=money(row.owed, merchant.currency),
        late=_late(row.document_count, days),
        promise=day(row.promised_until) if row.promised_until else None,
        is_promise_broken=row.promised_until is not None and row.promised_until < today,
        note=str(note.details.get("note", "")) if note else "",
        note_when=instant(note.occurred_at) if note else None,
        is_called_today=note is not None and merchant.local_date(note.occurred_at) == today,
        note_url=_act_url(customer, AddNote.name, back),
        promise_url=_act_url(customer, PromiseOverdue.name, back) if wordings else "",
        anchor=anchor,
        whatsapp_url=_whatsapp(row.invoice, wordings) if customer.messages_stopped_at is None else "",
    )


def _act_url(customer: Customer, name: str, back: str) -> str:
    return returning_to(reverse("admin:billing_customer_do", args=[customer.pk, name]), back)


def _late(documents: int, days: int) -> str:
    count = ngettext("%(n)s document", "%(n)s documents", documents) % {"n": documents}
    lateness = ngettext("the oldest %(n)s day late", "the oldest %(n)s days late", days) % {"n": days}
    return f"{count} · {lateness}"


def _whatsapp(invoice: Invoice | None, wordings: Wordings | None) -> str:
    """With the text of a reminder; nothing where there is no open invoice to remind of, or no right to send."""
    if invoice is None or wordings is None:
        return ""
    message = invoice_text(invoice, use=MessageTemplate.Use.REMINDER_WHATSAPP, is_overdue=True, wordings=wordings)
    return whatsapp_to(invoice.customer.phone, text=message.body)
