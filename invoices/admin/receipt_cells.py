"""The receipt of a payment, a click away from wherever the payment is shown."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.admin.cells import above, number
from invoices.documents.availability import can_make_pdf
from invoices.models import Payment


def receipt_cell(payment: Payment) -> SafeString:
    links = format_html_join(" · ", "{}", ((each,) for each in receipt_links(payment)))
    return above(number(payment.receipt_no), links)


def receipt_links(payment: Payment) -> list[SafeString]:
    """On the roll of a counter's printer, and on a sheet; none where no document can be made."""
    if not can_make_pdf():
        return []
    return [
        _link(payment, "receipt-80mm", _("Print 80 mm")),
        _link(payment, "receipt", _("A4")),
    ]


def _link(payment: Payment, name: str, text: str) -> SafeString:
    url = reverse("admin:invoices_payment_print", args=[payment.pk, name])
    return format_html('<a class="office-link" href="{}" target="_blank" rel="noopener">{}</a>', url, text)
