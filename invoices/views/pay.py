"""The payment page of a bill or an installment, and its one button."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from billing.payment_links import InvalidLink
from invoices.pages.forms import FormRefused, check_form, make_form_token
from invoices.pages.gateway_links import origins_of
from invoices.pages.languages import choose_language
from invoices.pages.pay_page import PayPage, build_pay_page
from invoices.pages.payables import customer_of, find_payable
from invoices.pages.responses import SeeOther, customer_page, render_page, unknown_link_page
from invoices.pages.wordings import FORM_REFUSED
from invoices.services.payables import Payable


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def pay(request: HttpRequest, username: str, token: str = "") -> HttpResponse:
    """GET shows what is owed; POST, from the page's own button, leads to the gateway's link."""
    link_token = token.removesuffix("/")
    try:
        payable = find_payable(username=username, link_token=link_token, key=settings.PAYMENT_LINK_KEY)
    except InvalidLink:
        return unknown_link_page(request)
    language = choose_language(request, customer=customer_of(payable).language, merchant=payable.merchant.language)
    with override(language):
        page = build_pay_page(payable, language=language, now=timezone.now())
    if request.method != "POST":
        return _show(payable, page, link_token, language)
    try:
        check_form(request, username=username, link_token=link_token)
    except FormRefused:
        return _show(payable, page, link_token, language, status=403, notice=FORM_REFUSED)
    if page.link is None:
        return _show(payable, page, link_token, language, status=409)
    return SeeOther(page.link.url)


def _show(
    payable: Payable,
    page: PayPage,
    link_token: str,
    language: str,
    *,
    status: int = 200,
    notice: str | Promise = "",
) -> HttpResponse:
    username = payable.merchant.username
    form_token = make_form_token(username=username, link_token=link_token) if page.link else ""
    # Chromium holds form-action against every redirect that follows, the gateway's own to its checkout among them.
    targets = {page.link.origin, *origins_of(page.link_hosts)} if page.link else set()
    context = {"page": page, "form_token": form_token, "notice": notice if page.link else ""}
    return render_page("pages/pay.html", context, language=language, status=status, form_targets=targets)
