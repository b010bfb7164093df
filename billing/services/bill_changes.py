"""What staff change about a bill that is still owed: its amount, its due date, the customer's promise."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, Event
from billing.money import InvalidAmount, check_amount
from billing.services.bills import BillNotPending
from billing.services.deciding_alone import decide_alone, lock_customers
from billing.services.events import record_event
from billing.signals import payable_changed


class BillAmountInvalid(DomainError):
    code = "BILL_AMOUNT_INVALID"
    message = gettext_noop("Enter an amount above zero with no more decimals than the currency has.")


class LessThanPaid(DomainError):
    code = "LESS_THAN_PAID"
    message = gettext_noop("More than this was paid already. Enter at least what was paid.")


class NothingToChange(DomainError):
    code = "NOTHING_TO_CHANGE"
    message = gettext_noop("The bill has this amount and due date already. Change one of them.")


class BillHasChanged(DomainError):
    code = "BILL_HAS_CHANGED"
    message = gettext_noop("The bill was changed since you looked, so nothing was done. Look at it again.")


class PromiseHasPassed(DomainError):
    code = "PROMISE_HAS_PASSED"
    message = gettext_noop("This day has passed. Enter today or a later day.")


@transaction.atomic
def change_bill(
    *,
    merchant_id: int,
    bill_id: int,
    amount: Decimal,
    due_date: date,
    actor: str,
    now: datetime,
    reason: str = "",
    seen: Bill | None = None,
    is_alone: bool = False,
) -> Bill:
    """
    Ask for another amount, or by another day. A bill whose new amount was paid already is settled by it.

    Its payment page shows the new amount at once; the link that asks for the old one is replaced by a sweep.

    :param amount: the whole of it, what was paid included, in the bill's currency
    :param reason: why; staff have to say it where the amount gets smaller
    :param seen: the bill the person agreed to change; None where nobody was shown it
    :param is_alone: a person does it whom nobody has approved
    :raises MoreThanAlone: somebody has to
    :raises BillHasChanged: it asks for something else by now
    :raises BillNotPending: :raises BillAmountInvalid: :raises LessThanPaid: :raises NothingToChange:
    """
    if is_alone:
        lock_customers(merchant_id=merchant_id, ids=Bill.objects.filter(pk=bill_id).values("customer"))
    bill = _locked(merchant_id, bill_id)
    if seen is not None and (seen.amount, seen.due_date) != (bill.amount, bill.due_date):
        raise BillHasChanged
    amount = _checked(amount, bill)
    if (amount, due_date) == (bill.amount, bill.due_date):
        raise NothingToChange
    if is_alone:
        _decide_alone(bill, bill.amount - amount, actor, now)
    before = {"old_amount": str(bill.amount), "old_due_date": bill.due_date.isoformat()}
    before |= {"reason": reason} if reason else {}
    bill.amount, bill.due_date, bill.changed_at = amount, due_date, now
    if bill.amount_paid == amount:
        bill.status, bill.paid_at = Bill.Status.PAID, now
    bill.save(update_fields=["amount", "due_date", "changed_at", "status", "paid_at"])
    _record(bill, "bill_changed", actor, amount=str(amount), due_date=due_date.isoformat(), **before)
    if bill.status == Bill.Status.PAID:
        _record(bill, "settled", actor)
    transaction.on_commit(lambda: payable_changed.send_robust(Bill), robust=True)
    return bill


@transaction.atomic
def promise_bill(*, merchant_id: int, bill_id: int, until: date | None, actor: str, now: datetime) -> Bill:
    """
    The customer has promised to pay by this day: no reminder goes out until it has passed. None: no promise.

    :raises BillNotPending: :raises PromiseHasPassed:
    """
    bill = _locked(merchant_id, bill_id)
    if until is not None and until < bill.merchant.local_date(now):
        raise PromiseHasPassed
    bill.promised_until = until
    bill.save(update_fields=["promised_until"])
    if until is None:
        _record(bill, "promise_dropped", actor)
    else:
        _record(bill, "promised", actor, until=until.isoformat())
    return bill


def _locked(merchant_id: int, bill_id: int) -> Bill:
    bills = Bill.objects.select_for_update(of=("self",)).select_related("merchant")
    bill = bills.get(merchant_id=merchant_id, pk=bill_id)
    if bill.status != Bill.Status.PENDING:
        raise BillNotPending
    return bill


def _checked(amount: Decimal, bill: Bill) -> Decimal:
    try:
        amount = check_amount(amount, currency=bill.currency)
    except InvalidAmount as problem:
        raise BillAmountInvalid from problem
    if amount < bill.amount_paid:
        raise LessThanPaid
    return amount


def _decide_alone(bill: Bill, less: Decimal, actor: str, now: datetime) -> None:
    decide_alone(
        merchant=bill.merchant, customer_id=bill.customer_id, amount=less, what=bill.billing_no, actor=actor, now=now
    )


def _record(bill: Bill, name: str, actor: str, **details: str) -> None:
    record_event(
        merchant_id=bill.merchant_id,
        subject=Event.Subject.BILL,
        subject_id=bill.pk,
        name=name,
        actor=actor,
        **details,
    )
