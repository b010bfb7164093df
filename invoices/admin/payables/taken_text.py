"""What a cashier is told: that money is taken and where its receipt is; or that it must not be taken."""

from __future__ import annotations

from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.admin.cells import money_text
from billing.admin.page_actions import Text
from billing.models import Bill
from invoices.admin.receipt_cells import receipt_links
from invoices.admin.sections import list_url
from invoices.models import Payment
from invoices.services.payables import Payable
from subscriptions.models import Installment


def taken_text(payment: Payment, *, still_owed: Decimal) -> SafeString:
    """The next customer is found where this one was: among those who still owe."""
    owing = (
        list_url("billing_bill", status=Bill.Status.PENDING)
        if payment.bill_id
        else list_url("subscriptions_installment", status=Installment.Status.INVOICED)
    )
    shown = {
        "amount": money_text(payment.amount, payment.currency),
        "receipt": f"\u2066{payment.receipt_no}\u2069",
        "owed": money_text(still_owed, payment.currency),
    }
    told = _("%(amount)s recorded. Receipt %(receipt)s. Still owed: %(owed)s.") % shown
    links = [*receipt_links(payment), format_html('<a href="{}">{}</a>', owing, _("Next customer"))]
    return format_html(
        '{} <span class="office-told-links">{}</span>', told, format_html_join(" ", "{}", ((each,) for each in links))
    )


def do_not_take(payable: Payable) -> Text:
    """Why no money is to be taken for it; empty where it is owed."""
    if payable.amount_due > 0:
        return ""
    if isinstance(payable, Bill):
        if payable.status == Bill.Status.CANCELLED:
            return _("This bill is cancelled. Do not take the money.")
        return _("This bill is paid already. Do not take the money.")
    if payable.status == Installment.Status.PAID:
        return _("This installment is paid already. Do not take the money.")
    return _("This installment is not owed any more. Do not take the money.")
