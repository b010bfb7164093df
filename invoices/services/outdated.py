"""
Open invoices that ask for something else than is owed: cancelled at the gateway, then followed by a new one.

A payment itself ends the other links of what it pays (`payments`, `takings`). What is left are bills that are changed
or cancelled: each is marked, and the sweep looks at the marked ones only. Comparing every open invoice costs a
thousand times as much (docs/decisions/0017), so that is done once an hour.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from billing.models import Bill
from invoices.models import Invoice
from invoices.services.cancelling import request_cancel
from invoices.services.payables import Payable, invoices_of, lock_payable

logger = logging.getLogger(__name__)

Reason = Invoice.CancelReason


def replace_outdated(*, now: datetime, limit: int = 500) -> int:
    """
    Have the open invoices of changed and cancelled bills cancelled; a new one asks for what is still owed.

    Running it twice, or beside itself, changes nothing more: the mark goes in the transaction that asks.
    """
    changed = Bill.objects.changed().only("merchant_id", "changed_at").order_by("id")[:limit]
    return sum(_try_to_compare(bill, now) for bill in changed)


def compare_all(*, now: datetime, limit: int = 500) -> int:
    """The same for whatever else may have come apart, unmarked: every open invoice is compared with what is owed."""
    count = 0
    for outdated in (_differing("bill"), _differing("installment")):
        found = Invoice.objects.live().filter(outdated, cancel_requested_at=None).values_list("pk", flat=True)[:limit]
        count += sum(_try_to_replace(invoice_id, now) for invoice_id in found)
    return count


def asks_for_what_is_owed(invoice: Invoice, payable: Payable) -> bool:
    return (invoice.amount, invoice.due_date) == (payable.amount_due, payable.due_date)


def _differing(kind: str) -> Q:
    """The invoices of bills, or of installments, that differ from them."""
    owed = ["PENDING", "SCHEDULED", "INVOICED"]
    rest = F(f"{kind}__amount") - F(f"{kind}__amount_paid")
    same = Q(**{f"{kind}__status__in": owed, "due_date": F(f"{kind}__due_date"), "amount": rest})
    return Q(**{f"{kind}__isnull": False}) & ~same


def _try_to_compare(changed: Bill, now: datetime) -> int:
    try:
        return _compare(changed, now)
    except Exception:  # one merchant's trouble is not another's
        logger.exception("bill %s: its invoice could not be compared", changed.pk)
        return 0


@transaction.atomic
def _compare(changed: Bill, now: datetime) -> int:
    invoice_id = invoices_of(changed).live().values_list("pk", flat=True).first()
    count = 0 if invoice_id is None else _replace(invoice_id, now)
    # A change since has marked it anew; an invoice issued since asks for what the bill says now.
    Bill.objects.filter(pk=changed.pk, changed_at=changed.changed_at).update(changed_at=None)
    return count


def _try_to_replace(invoice_id: int, now: datetime) -> int:
    try:
        return _replace(invoice_id, now)
    except Exception:  # one merchant's trouble is not another's
        logger.exception("invoice %s: it could not be compared", invoice_id)
        return 0


@transaction.atomic
def _replace(invoice_id: int, now: datetime) -> int:
    invoices = Invoice.objects.select_for_update(of=("self",)).select_related("bill", "installment")
    invoice = invoices.get(pk=invoice_id)
    if invoice.status != Invoice.Status.OPEN or invoice.cancel_requested_at:
        return 0
    payable = lock_payable(invoice.payable)
    if asks_for_what_is_owed(invoice, payable):
        return 0
    request_cancel(invoice, reason=_reason(payable), renew=payable.amount_due > 0, actor="system", now=now)
    return 1


def _reason(payable: Payable) -> Invoice.CancelReason:
    if payable.amount_due > 0:
        return Reason.AMOUNT_CHANGED
    return Reason.PAID_OTHERWISE if payable.status == "PAID" else Reason.PAYABLE_CANCELLED
