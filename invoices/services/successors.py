"""
Invoices that follow a dead one by themselves, and the brake on them.

Whatever goes wrong, a plan or a bill gets no more than three automatic invoices in one local day: first ones and
successors alike. An invoice that follows a refused one by another channel stands in its place and is not counted
again, for the refused one reached nobody.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, Channel
from invoices.models import Invoice
from invoices.services.invoice_events import record_invoice_event
from invoices.services.issuing import renew_invoice
from invoices.services.payables import Payable
from subscriptions.missed import INVOICES_A_DAY
from subscriptions.models import Installment


class EnoughForToday(DomainError):
    code = "ENOUGH_FOR_TODAY"
    message = gettext_noop(
        "Three invoices were made by themselves in one day. Look why they ended, then send a new link."
    )


@transaction.atomic
def follow_by_itself(*, payable: Payable, now: datetime, channel: Channel | Literal[""] = "") -> Invoice:
    """
    As `renew_invoice`, without a person's wish.

    :raises EnoughForToday: nothing was made; the caller says so with `hold_back`
    :raises NothingOwed: :raises LiveInvoiceExists:
    """
    successor = renew_invoice(payable=payable, actor="system", now=now, channel=channel)
    today = payable.merchant.local_date(now)
    Invoice.objects.filter(pk=successor.pk).update(renewed_on=today)
    if _first_ones(payable, today=today, now=now) + _successors(payable, today=today) > INVOICES_A_DAY:
        raise EnoughForToday
    return successor


def hold_back(dead: Invoice, *, now: datetime) -> None:
    """A locked invoice is not followed by itself: staff are shown it until they send a new link."""
    Invoice.objects.filter(pk=dead.pk).update(held_back_at=now)
    record_invoice_event(dead, "successor_held_back", actor="system")


def _first_ones(payable: Payable, *, today: date, now: datetime) -> int:
    rows = (
        Bill.objects.filter(pk=payable.pk)
        if isinstance(payable, Bill)
        else Installment.objects.filter(subscription=payable.subscription_id)
    )
    lately = rows.filter(merchant=payable.merchant_id, invoiced_at__gte=now - timedelta(days=2))
    instants = lately.values_list("invoiced_at", flat=True)
    return sum(instant is not None and payable.merchant.local_date(instant) == today for instant in instants)


def _successors(payable: Payable, *, today: date) -> int:
    same = {"bill": payable.pk} if isinstance(payable, Bill) else {"installment__subscription": payable.subscription_id}
    return Invoice.objects.filter(merchant=payable.merchant_id, renewed_on=today, **same).count()
