"""Where an older version of a link leads: a page that shows nothing of the bill."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from invoices.pages.forms import Act, FormRefused, check_form, make_form_token
from invoices.pages.languages import choose_language
from invoices.pages.letterhead import letterhead_of
from invoices.pages.new_link_requests import ask_for_newer_link
from invoices.pages.notices import Notice, notice_of
from invoices.pages.responses import SeeOther, render_page
from invoices.pages.wordings import FORM_REFUSED, REPLACED
from invoices.services.payables import Payable


def replaced_link(request: HttpRequest, payable: Payable, link_token: str) -> HttpResponse:
    """
    410: the link was given up, perhaps because it had reached the wrong phone.

    Whoever holds it may have the present link sent, to the phone on file and nowhere else.
    """
    if request.method != "POST":
        return _show(request, payable, link_token)
    try:
        act = check_form(request, username=payable.merchant.username, link_token=link_token)
        if act is not Act.NEW_LINK:  # a form of the page as it was
            raise FormRefused
    except FormRefused:
        return _show(request, payable, link_token, status=403, warning=FORM_REFUSED)
    return SeeOther(ask_for_newer_link(request, payable, now=timezone.now()))


def _show(
    request: HttpRequest, payable: Payable, link_token: str, *, status: int = 410, warning: str | Promise = ""
) -> HttpResponse:
    merchant = payable.merchant
    # Not by the customer's record: its holder may be somebody else.
    language = choose_language(request, merchant=merchant.language)
    with override(language):
        notice = notice_of(request, merchant, language=language, now=timezone.now())
    context = {
        "wording": REPLACED,
        "letterhead": letterhead_of(merchant, language),
        "notice": Notice(text=warning) if warning else notice,
        "act": Act.NEW_LINK,
        "form_token": make_form_token(username=merchant.username, link_token=link_token, act=Act.NEW_LINK),
    }
    return render_page("pages/replaced.html", context, language=language, status=status)
