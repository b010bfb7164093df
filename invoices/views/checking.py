"""Where a customer waits who came back from the gateway."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_safe

from invoices.pages.checking_page import build_checking_page, decide_outcome, find_callback
from invoices.pages.languages import choose_language, stated_language
from invoices.pages.refreshing import looks_so_far
from invoices.pages.responses import customer_page, render_page
from invoices.pages.way_back import find_way_back


@require_safe
@customer_page
def checking(request: HttpRequest, username: str, watch_id: str) -> HttpResponse:
    """Looks again by itself, by meta refresh with a count in the address, for two minutes."""
    looks = looks_so_far(request)
    callback = find_callback(username=username, watch_id=watch_id)
    outcome, invoice = decide_outcome(callback, looks=looks, now=timezone.now())
    language = choose_language(
        request,
        customer=invoice.customer.language if invoice else "",
        merchant=invoice.merchant.language if invoice else "",
    )
    with override(language):
        page = build_checking_page(outcome, invoice, looks=looks, language=language)
        way_back = find_way_back(request, invoice.payable, language=language) if invoice else None
    context = {"page": page, "way_back": way_back, "stated_language": stated_language(request)}
    return render_page("pages/checking.html", context, language=language)
