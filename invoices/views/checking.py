"""Where a customer waits who came back from the gateway."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from invoices.pages.checking_page import MOST_LOOKS, build_checking_page, decide_outcome, find_callback
from invoices.pages.languages import choose_language, stated_language
from invoices.pages.queries import query_value
from invoices.pages.responses import customer_page, render_page


@require_safe
@customer_page
def checking(request: HttpRequest, username: str, watch_id: str) -> HttpResponse:
    """Looks again by itself, by meta refresh with a counter in the address, for two minutes."""
    looks = _looks(request)
    outcome, invoice = decide_outcome(find_callback(username=username, watch_id=watch_id), looks=looks)
    language = choose_language(
        request,
        customer=invoice.customer.language if invoice else "",
        merchant=invoice.merchant.language if invoice else "",
    )
    with override(language):
        page = build_checking_page(outcome, invoice, looks=looks, language=language)
    context = {"page": page, "stated_language": stated_language(request)}
    return render_page("pages/checking.html", context, language=language)


def _looks(request: HttpRequest) -> int:
    stated = query_value(request, "n")
    is_number = stated.isascii() and stated.isdigit() and len(stated) <= 3
    return min(int(stated), MOST_LOOKS) if is_number else 0
