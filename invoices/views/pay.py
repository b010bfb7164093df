"""The payment page of a bill or an installment, and the forms on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from billing.payment_links import InvalidLink
from billing.services.wrong_recipients import report_wrong_recipient
from invoices.pages.forms import Act, FormRefused, check_form, make_form_token
from invoices.pages.gateway_links import origins_of
from invoices.pages.languages import choose_language, stated_language
from invoices.pages.new_link_requests import ask_for_new_link
from invoices.pages.notices import Notice, Said, notice_of, said_address
from invoices.pages.openings import count_opening
from invoices.pages.page_links import page_links
from invoices.pages.pay_page import PayPage, build_pay_page
from invoices.pages.payables import LinkReplaced, customer_of, find_payable
from invoices.pages.queries import query_value
from invoices.pages.refreshing import looks_so_far
from invoices.pages.responses import SeeOther, customer_page, render_page, unknown_link_page
from invoices.pages.way_back import WayBack, find_way_back, keep_way_back
from invoices.pages.wordings import FORM_REFUSED
from invoices.services.payables import Payable
from invoices.views.replaced_link import replaced_link


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def pay(request: HttpRequest, username: str, token: str = "") -> HttpResponse:
    """GET shows what is owed; POST does what the page's own forms ask for."""
    link_token = token.removesuffix("/")
    try:
        payable = find_payable(username=username, link_token=link_token, key=settings.PAYMENT_LINK_KEY)
    except LinkReplaced as link:
        return replaced_link(request, link.payable, link_token)
    except InvalidLink:
        return unknown_link_page(request)
    asked = _Asked(request=request, payable=payable, link_token=link_token, now=timezone.now())
    if request.method == "POST":
        return _act(asked)
    if not asked.follows_itself:
        count_opening(request, opened=payable, now=asked.now)
    return _show(asked)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One request for the page of one payable."""

    request: HttpRequest
    payable: Payable
    link_token: str
    now: datetime

    @property
    def language(self) -> str:
        customer, merchant = customer_of(self.payable), self.payable.merchant
        return choose_language(self.request, customer=customer.language, merchant=merchant.language)

    @property
    def follows_itself(self) -> bool:
        """By a look, or after a form: nobody opened it anew."""
        return bool(query_value(self.request, "n") or query_value(self.request, "said"))

    def page(self) -> PayPage:
        with override(self.language):
            looks = looks_so_far(self.request)
            return build_pay_page(self.payable, language=self.language, looks=looks, now=self.now)

    def way_back(self) -> WayBack | None:
        with override(self.language):
            return find_way_back(self.request, self.payable, language=self.language)

    def notice(self) -> Notice | None:
        with override(self.language):
            return notice_of(self.request, self.payable.merchant, language=self.language, now=self.now)


def _act(asked: _Asked) -> HttpResponse:
    try:
        act = check_form(asked.request, username=asked.payable.merchant.username, link_token=asked.link_token)
    except FormRefused:
        return _show(asked, status=403, warning=FORM_REFUSED)
    if act is Act.NEW_LINK:
        return SeeOther(ask_for_new_link(asked.request, asked.payable, now=asked.now))
    if act is Act.NOT_ME:
        report_wrong_recipient(customer=customer_of(asked.payable), now=asked.now)
        return SeeOther(said_address(asked.request, Said.NOT_ME))
    page = asked.page()
    if page.link is None:
        return _show(asked, page, status=409)
    response = SeeOther(page.link.url)
    keep_way_back(asked.request, response, asked.payable)
    return response


def _show(
    asked: _Asked, page: PayPage | None = None, *, status: int = 200, warning: str | Promise = ""
) -> HttpResponse:
    page, username = page or asked.page(), asked.payable.merchant.username
    context = {
        "page": page,
        "links": page_links(asked.payable, page, link_token=asked.link_token, language=asked.language),
        "stated_language": stated_language(asked.request),
        "way_back": asked.way_back(),
        "notice": Notice(text=warning) if warning and page.has_form else asked.notice(),
        "form_tokens": {
            act.name: make_form_token(username=username, link_token=asked.link_token, act=act) for act in Act
        },
    }
    # Chromium holds form-action against every redirect that follows, the gateway's own to its checkout among them.
    targets = {page.link.origin, *origins_of(page.link_hosts)} if page.link else set()
    return render_page("pages/pay.html", context, language=asked.language, status=status, form_targets=targets)
