"""Invoices that follow a cancelled one: for the rest of a partly paid amount."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from invoices.models import Invoice
from invoices.services.issuing import LiveInvoiceExists, NothingOwed, renew_invoice


def renew_cancelled(*, now: datetime, limit: int = 200) -> int:
    """Issue the successors of cancelled invoices that want one; how many. Wish and fulfilment commit together."""
    wishes = Invoice.objects.filter(status=Invoice.Status.CANCELLED, renew_when_cancelled=True)
    return sum(_renew(invoice_id, now) for invoice_id in wishes.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _renew(invoice_id: int, now: datetime) -> int:
    invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("bill", "installment")
        .filter(pk=invoice_id, renew_when_cancelled=True)
        .first()
    )
    if invoice is None:
        return 0
    Invoice.objects.filter(pk=invoice_id).update(renew_when_cancelled=False)
    try:
        renew_invoice(payable=invoice.payable, actor="system", now=now)
    except (NothingOwed, LiveInvoiceExists):
        return 0
    return 1
