"""Pages of the gateway's invoice search (gateway.md, Errors)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from invoices.gateway.errors import ReplyInvalid
from invoices.gateway.invoices import GatewayInvoice, read_invoice
from invoices.gateway.readings import integer_of, object_of, text_of

MOST_PAGES = 20


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """One page: the invoices with a wanted reference, and whether more pages follow."""

    matches: list[GatewayInvoice]
    has_next: bool


def read_search_page(response: object, *, wanted: Callable[[str], bool], page: int) -> SearchPage:
    """
    Read ``response.invoices`` of a search, which finds parts of references too.

    An answer without a list proves nothing: taking it for "does not exist" would send the
    customer a second invoice.

    :param wanted: whether an invoice with this reference is asked for; what else was found is not read
    :raises ReplyInvalid: if it holds no list of invoices, or is another page
    """
    invoices = object_of(response).get("invoices")
    content: Mapping[str, object] = {"data": invoices} if isinstance(invoices, list) else object_of(invoices)
    rows = content.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ReplyInvalid("The gateway's search answered without a list of invoices.")
    if integer_of(content.get("current_page")) not in (None, page):
        raise ReplyInvalid("The gateway's search answered with another page.")
    matches = [read_invoice(row) for row in rows if wanted(text_of(row.get("reference_number")) or "")]
    return SearchPage(matches=matches, has_next=_has_next(content, page))


def _has_next(content: Mapping[str, object], page: int) -> bool:
    last_page = integer_of(content.get("last_page"))
    return bool(content.get("next_page_url")) if last_page is None else page < last_page
