"""The collector's list: whom to call first, with one tap to call or to write. It is read on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import day, instant, latin, money
from billing.admin.notes import AddNote
from billing.admin.roles import Right, merchants_where, rights_of
from billing.models import Merchant
from invoices.messages.texts import invoice_text, whatsapp_url
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
    note_url: str
    whatsapp_url: str


def collecting_view(request: HttpRequest) -> HttpResponse:
    """:raises Http404: for a merchant whose customers the person does not look after"""
    merchants = merchants_where(request, Right.ADD_NOTES).order_by("username")
    chosen = request.GET.get("merchant", "")
    merchant = merchants.filter(pk=int(chosen)).first() if _is_id(chosen) else merchants.first() if not chosen else None
    if merchant is None:
        raise Http404
    number = _page_number(request.GET.get("page", "1"))
    now = timezone.now()
    found = overdue_customers(
        merchant=merchant, today=merchant.local_date(now), offset=(number - 1) * _PER_PAGE, limit=_PER_PAGE + 1
    )
    may_send = rights_of(request).allow(Right.SEND, merchant.pk)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Whom to call"),
        "cards": _cards(found[:_PER_PAGE], merchant, may_send=may_send, now=now),
        "merchant": merchant,
        "merchants": list(merchants[:20]),
        "next_page": number + 1 if len(found) > _PER_PAGE and number < _PAGES else None,
        "previous_page": number - 1 if number > 1 else None,
    }
    return TemplateResponse(request, "admin/office/collecting.html", context)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18


def _page_number(text: str) -> int:
    return min(int(text), _PAGES) if _is_id(text) and int(text) > 0 else 1


def _cards(found: list[Overdue], merchant: Merchant, *, may_send: bool, now: datetime) -> list[Card]:
    wordings = wordings_of(merchant) if may_send else None
    today = merchant.local_date(now)
    return [_card(row, merchant, wordings, today) for row in found]


def _card(row: Overdue, merchant: Merchant, wordings: Wordings | None, today: date) -> Card:
    customer, note = row.customer, row.last_note
    days = (today - row.oldest_due_date).days
    return Card(
        name=customer.name,
        page_url=reverse("admin:billing_customer_change", args=[customer.pk]),
        phone=customer.phone,
        phone_shown=latin(customer.phone),
        owed=money(row.owed, merchant.currency),
        late=_late(row.document_count, days),
        promise=day(row.promised_until) if row.promised_until else None,
        is_promise_broken=row.promised_until is not None and row.promised_until < today,
        note=str(note.details.get("note", "")) if note else "",
        note_when=instant(note.occurred_at) if note else None,
        note_url=reverse("admin:billing_customer_do", args=[customer.pk, AddNote.name]),
        whatsapp_url=_whatsapp(row.invoice, wordings) if customer.messages_stopped_at is None else "",
    )


def _late(documents: int, days: int) -> str:
    count = ngettext("%(n)s document", "%(n)s documents", documents) % {"n": documents}
    lateness = ngettext("the oldest %(n)s day late", "the oldest %(n)s days late", days) % {"n": days}
    return f"{count} · {lateness}"


def _whatsapp(invoice: Invoice | None, wordings: Wordings | None) -> str:
    """With the text of a reminder; nothing where there is no open invoice to remind of, or no right to send."""
    if invoice is None or wordings is None:
        return ""
    message = invoice_text(invoice, use=MessageTemplate.Use.REMINDER_WHATSAPP, is_overdue=True, wordings=wordings)
    return whatsapp_url(invoice.customer.phone, message)
