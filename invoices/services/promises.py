"""A customer's promise for all that is overdue, as it is made on the phone."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

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
    bills = Bill.objects.filter(
        merchant_id=merchant_id, customer_id=customer_id, status=Bill.Status.PENDING, due_date__lt=today
    )
    installments = Installment.objects.filter(
        merchant_id=merchant_id,
        subscription__customer_id=customer_id,
        status=Installment.Status.INVOICED,
        due_date__lt=today,
    )
    count = 0
    for bill_id in list(bills.order_by("pk").values_list("pk", flat=True)):
        with suppress(BillNotPending):
            promise_bill(merchant_id=merchant_id, bill_id=bill_id, until=until, actor=actor, now=now)
            count += 1
    for installment_id in list(installments.order_by("subscription_id", "sequence").values_list("pk", flat=True)):
        with suppress(InstallmentNotOwed):
            promise_installment(
                merchant_id=merchant_id, installment_id=installment_id, until=until, actor=actor, now=now
            )
            count += 1
    if not count:
        raise NothingOverdue
    return count
