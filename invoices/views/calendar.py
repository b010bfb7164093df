"""The due date of a bill or an installment, for the customer's own calendar."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from billing.payment_links import InvalidLink
from invoices.pages.amounts import format_amount_with_currency
from invoices.pages.due_calendar import DueDate, build_calendar
from invoices.pages.facts import describe_position
from invoices.pages.languages import choose_language, stated_language
from invoices.pages.payables import customer_of, find_payable
from invoices.pages.responses import SeeOther, customer_page, unknown_link_page
from invoices.services.payables import Payable, document_of, title_of


@require_safe
@customer_page
def due_calendar(request: HttpRequest, username: str, token: str) -> HttpResponse:
    """An all-day event. Where nothing is owed any more the payment page says so instead."""
    try:
        payable = find_payable(username=username, link_token=token, key=settings.PAYMENT_LINK_KEY)
    except InvalidLink:
        return unknown_link_page(request)
    language = stated_language(request)
    page = reverse("pay", kwargs={"username": username, "token": token})
    page += "?" + urlencode({"lang": language}) if language else ""
    if payable.amount_due <= 0:
        return _unkept(SeeOther(page))
    language = choose_language(request, customer=customer_of(payable).language, merchant=payable.merchant.language)
    uid = hashlib.sha256(f"{username}/{token}".encode()).hexdigest()[:32]
    with override(language):
        due = _due_date(payable, uid=uid, url=settings.PUBLIC_BASE_URL + page, language=language)
    response = HttpResponse(build_calendar(due, now=timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="due.ics"'
    return _unkept(response)


def _due_date(payable: Payable, *, uid: str, url: str, language: str) -> DueDate:
    """What is owed, when, to whom and where; nothing about who owes it."""
    amount = format_amount_with_currency(payable.amount_due, document_of(payable).currency, language)
    parts = [part for part in (title_of(payable), describe_position(payable), amount) if part]
    text = _("To %(merchant)s. How things stand, and paying: %(url)s") % {
        "merchant": payable.merchant.name_in(language),
        "url": url,
    }
    return DueDate(uid=uid, day=payable.due_date, title=" · ".join(parts), text=text, url=url)


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
