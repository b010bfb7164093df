"""On a payment's page: the line of the gateway's statements that is about it, and what was found about that line."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import above, isolated, link, money, status_label
from billing.admin.screens.documents import Fact
from invoices.models import GatewayStatementLine, Payment


def stated_facts(payment: Payment) -> list[Fact]:
    """Only where there is one. For whoever may see the statements."""
    lines = GatewayStatementLine.objects.filter(merchant_id=payment.merchant_id, payment=payment)
    line = lines.select_related("statement").first()
    return [] if line is None else [Fact(title=_("Gateway statement"), value=_told(line))]


def _told(line: GatewayStatementLine) -> SafeString:
    row = _("Row %(number)s") % {"number": line.number}
    where = link(line, format_html("{} · {}", isolated(line.statement.name), row))
    found = status_label(line, "finding")
    if line.finding == GatewayStatementLine.Finding.AMOUNT_DIFFERS:
        found = format_html("{} {}", found, money(line.amount, line.currency))
    return above(where, found)
