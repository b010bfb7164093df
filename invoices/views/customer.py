"""A customer's permanent page: all that is open, and before it, where the merchant wishes, the phone's last digits."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from billing.models import Customer
from billing.payment_links import InvalidLink
from invoices.documents.availability import can_make_pdf
from invoices.pages.customer_page import build_customer_page, help_whatsapp_of
from invoices.pages.customers import find_customer, may_see
from invoices.pages.facts import help_phone_of
from invoices.pages.forms import Act, FormRefused, check_form, make_form_token
from invoices.pages.languages import choose_language, stated_language
from invoices.pages.letterhead import letterhead_of
from invoices.pages.openings import count_opening
from invoices.pages.phone_checks import GuessesNotCounted, TooManyGuesses, WrongDigits, check_phone_digits
from invoices.pages.responses import SeeOther, customer_page, render_page, unknown_link_page
from invoices.pages.visits import PARAMETER, Visit, begin_visit, visit_of
from invoices.pages.wordings import FORM_REFUSED, GUESSES_NOT_COUNTED, TOO_MANY_GUESSES, WRONG_DIGITS


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def customer(request: HttpRequest, username: str, token: str = "") -> HttpResponse:
    """GET shows what is open, or asks for the digits; POST answers that question."""
    link_token = token.removesuffix("/")
    try:
        found = find_customer(username=username, link_token=link_token, key=settings.PAYMENT_LINK_KEY)
    except InvalidLink:
        return unknown_link_page(request)
    if may_see(request, found):
        return _show(request, found, link_token)
    if request.method == "POST":
        return _answer(request, found, link_token)
    return _ask(request, found, link_token)


def _show(request: HttpRequest, found: Customer, link_token: str) -> HttpResponse:
    now, language = timezone.now(), _language(request, found)
    count_opening(request, opened=found, now=now)
    with override(language):
        page = build_customer_page(found, language=language, now=now)
    visit = visit_of(request, found)
    is_checked = visit.kind is Visit.Kind.CHECKED
    if not is_checked:
        visit = begin_visit(found, Visit.Kind.OPEN)
    context = {
        "page": page,
        "visit": visit.text,
        "carries_visit": is_checked,
        "statement_pdf": _statement_pdf(found, link_token, visit, language) if can_make_pdf() else "",
    }
    return render_page("pages/customer.html", context, language=language)


def _statement_pdf(found: Customer, link_token: str, visit: Visit, language: str) -> str:
    where = {"username": found.merchant.username, "token": link_token}
    query = urlencode({"lang": language, PARAMETER: visit.text})
    return f"{reverse('customer-statement-pdf', kwargs=where)}?{query}"


def _ask(
    request: HttpRequest, found: Customer, link_token: str, *, status: int = 200, notice: str | Promise = ""
) -> HttpResponse:
    language = _language(request, found)
    username = found.merchant.username
    with override(language):
        context = {
            "letterhead": letterhead_of(found.merchant, language),
            "merchant_name": found.merchant.name_in(language),
            "help_phone": help_phone_of(found.merchant),
            "help_whatsapp": help_whatsapp_of(found.merchant),
            "act": Act.CONFIRM_PHONE,
            "form_token": make_form_token(username=username, link_token=link_token, act=Act.CONFIRM_PHONE),
            "notice": notice,
        }
    return render_page("pages/confirm_phone.html", context, language=language, status=status)


def _answer(request: HttpRequest, found: Customer, link_token: str) -> HttpResponse:
    try:
        check_form(request, username=found.merchant.username, link_token=link_token)
        check_phone_digits(request, found, request.POST.get("digits", ""))
    except FormRefused:
        return _ask(request, found, link_token, status=403, notice=FORM_REFUSED)
    except WrongDigits:
        return _ask(request, found, link_token, status=422, notice=WRONG_DIGITS)
    except TooManyGuesses:
        return _ask(request, found, link_token, status=429, notice=TOO_MANY_GUESSES)
    except GuessesNotCounted:
        return _ask(request, found, link_token, status=503, notice=GUESSES_NOT_COUNTED)
    query = {"lang": stated_language(request), PARAMETER: begin_visit(found, Visit.Kind.CHECKED).text}
    return SeeOther("?" + urlencode({name: value for name, value in query.items() if value}))


def _language(request: HttpRequest, found: Customer) -> str:
    return choose_language(request, customer=found.language, merchant=found.merchant.language)
