"""The invoice dashboard's search, in pages of ten as the gateway's framework shows them."""

from __future__ import annotations

from typing import Any, Final

from invoices.sandbox.invoice_shapes import invoice_shape
from invoices.sandbox.models import SandboxAccount

PER_PAGE: Final = 10
LAST_PAGE: Final = 1_000_000


def search_invoices(*, account: SandboxAccount, text: str, page: str) -> dict[str, Any]:
    """
    One page of the account's invoices holding the text in reference, name or number, newest first.

    :param page: as it stands in the address; anything but a page number is the first page
    :source: gateway.md, Errors: the search matches substrings and pages
    """
    found = account.invoices.matching(text.replace("\0", "")).newest_first()
    number = _page_number(page)
    start = (number - 1) * PER_PAGE
    total = found.count()
    invoices = list(found.prefetch_related("transactions__invoice")[start : start + PER_PAGE])
    return {
        "current_page": number,
        "data": [invoice_shape(invoice) for invoice in invoices],
        "from": start + 1 if invoices else None,
        "last_page": max(1, -(-total // PER_PAGE)),
        "per_page": PER_PAGE,
        "to": start + len(invoices) if invoices else None,
        "total": total,
    }


def _page_number(text: str) -> int:
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 10 else 1
