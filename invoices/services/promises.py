"""A customer's promise for all that is overdue, as it is made on the phone."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill
from billing.services import BillNotPending, promise_bill
from subscriptions.models import Installment
from subscriptions.services.holding import InstallmentNotOwed, promise_installment


class NothingOverdue(DomainError):
    code = "NOTHING_OVERDUE"
    message = gettext_noop("Nothing of this customer is overdue, so there is nothing to promise.")


class _Promise(TypedDict):
    merchant_id: int
    until: date | None
    actor: str
    now: datetime


@transaction.atomic
def promise_overdue(
    *, merchant_id: int, customer_id: int, until: date | None, today: date, actor: str, now: datetime
) -> int:
    """
    Note it at each overdue bill and installment; at how many. What is settled in this moment is passed over.

    :param until: the last day of the promise; None: no promise any more
    :param today: the merchant's local day; what is due on it is not overdue yet
    :raises NothingOverdue: :raises PromiseHasPassed:
    """
    late = {"merchant_id": merchant_id, "due_date__lt": today}
    bills = Bill.objects.open().filter(**late, customer=customer_id)
    installments = Installment.objects.open().filter(**late, subscription__customer=customer_id)
    promise: _Promise = {"merchant_id": merchant_id, "until": until, "actor": actor, "now": now}
    count = 0
    for bill_id in list(bills.order_by("pk").values_list("pk", flat=True)):
        with suppress(BillNotPending):
            promise_bill(bill_id=bill_id, **promise)
            count += 1
    for installment_id in list(installments.order_by("subscription_id", "sequence").values_list("pk", flat=True)):
        with suppress(InstallmentNotOwed):
            promise_installment(installment_id=installment_id, **promise)
            count += 1
    if not count:
        raise NothingOverdue
    return count
