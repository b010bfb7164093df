"""What to do about a line of a gateway's statement that does not agree."""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html
from django.utils.translation import gettext as _

from billing.admin.cells import link, money
from billing.admin.screens.documents import Notice
from invoices.models import GatewayStatementLine, Invoice

Finding = GatewayStatementLine.Finding
Kind = GatewayStatementLine.Kind

# By which keys a line tells its payment, and where the payment has them.
_KEYS: Final = {
    "transaction": "payment__transaction_token",
    "reference": "payment__invoice__reference",
    "gateway_invoice": "payment__invoice__gateway_id",
}


def invoice_of(line: GatewayStatementLine) -> Invoice | None:
    """The merchant's own invoice that a line without a payment names."""
    if line.payment is not None:
        return line.payment.invoice
    invoices = Invoice.objects.filter(merchant_id=line.merchant_id)
    if line.reference and (found := invoices.filter(reference=line.reference).first()):
        return found
    return invoices.filter(gateway_id=line.gateway_invoice).first() if line.gateway_invoice else None


def notices_of(line: GatewayStatementLine, invoice: Invoice | None) -> list[Notice]:
    text = _told(line, invoice)
    return [Notice(text=text)] if text else []


def _told(line: GatewayStatementLine, invoice: Invoice | None) -> str:
    if line.finding == Finding.UNKNOWN:
        return _unknown(line, invoice)
    if line.finding == Finding.AMOUNT_DIFFERS:
        return _("The gateway states another amount than is recorded here. Ask the gateway which is right.")
    if line.finding == Finding.NET_DIFFERS:
        expected = money(line.amount - line.fee, line.currency)
        return format_html(_("The gross less the fee is {}, and the statement says {}."), expected, _net(line))
    if line.finding == Finding.DOUBLED:
        return _repeated(line)
    if line.finding == Finding.OTHER_ACCOUNT:
        return _("The line names another merchant code than yours, so it is not held against your payments.")
    return _("This line waits to be compared.") if line.finding == Finding.NEW else ""


def _unknown(line: GatewayStatementLine, invoice: Invoice | None) -> str:
    if line.kind == Kind.REFUND:
        return _("No refund at the gateway that is recorded here is left for this line. Record it if it was yours.")
    if invoice is not None:
        return _("No payment is recorded for this. The invoice below is yours: open it and ask the gateway about it.")
    return _("Nothing here has this transaction or reference. Ask the gateway whose payment it is.")


def _repeated(line: GatewayStatementLine) -> str:
    others = GatewayStatementLine.objects.counted().filter(merchant_id=line.merchant_id, kind=line.kind)
    name, path = next((name, path) for name, path in _KEYS.items() if getattr(line, name))
    value = getattr(line, name)
    # Two questions, for one about either of two tables finds its rows by no index.
    named = others.exclude(pk=line.pk).select_related("statement").order_by("pk")
    first = named.filter(**{name: value}).first() or named.filter(**{path: value}).first()
    if first is None:
        return _("The same payment was stated before.")
    told = _("The same payment was stated before, in {}, and is counted there.")
    return format_html(told, link(first, first.statement.name))


def _net(line: GatewayStatementLine) -> str:
    return money(line.net, line.currency)
