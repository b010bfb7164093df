"""Whether the customer has seen the page: said below its address, on the pages of what it belongs to."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import instant
from billing.models import Customer
from invoices.models import PageOpening
from invoices.services.payables import Payable


def openings_text(row: Payable | Customer) -> SafeString:
    # Read with the row where the page is the row's own; a page nobody opened has none.
    opening: PageOpening | None = getattr(row, "page_opening", None)
    if opening is None:
        return format_html("{}", _("Not opened yet"))
    times = ngettext("Opened %(count)s time, last:", "Opened %(count)s times, last:", opening.count)
    return format_html("{} {}", times % {"count": opening.count}, instant(opening.last_opened_at))
