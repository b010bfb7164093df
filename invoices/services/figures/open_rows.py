"""What is open for some merchants today: the worklist and the ages of what is owed, counted from the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, F, QuerySet, Value, When

from billing.models import Bill, Job, WrongRecipient
from billing.money import ZERO
from invoices.models import Credit, Invoice, OpenFigure, Payment, ReceiptEmail, Refund, Reminder, ReminderChannel
from invoices.services.figures.grouping import part
from invoices.services.figures.statement_rows import parts_of_statements
from invoices.services.surplus import to_review
from subscriptions.models import Installment

Name = OpenFigure.Name
WEEK: Final = timedelta(days=7)
AGES: Final = (Name.NOT_DUE, Name.LATE_30, Name.LATE_60, Name.LATE_90, Name.LATE_LONGER)
_OWED: Final = F("amount") - F("amount_paid")
_TROUBLES: Final = {
    Invoice.Delivery.REJECTED: Name.REFUSED,
    Invoice.Delivery.UNKNOWN: Name.UNKNOWN,
    Invoice.Delivery.PARKED: Name.PARKED,
}


@dataclass(frozen=True, kw_only=True)
class Counted:
    merchant_id: int
    name: str
    currency: str
    count: int
    amount: Decimal


def count_open(*, merchant_ids: Sequence[int], today: date, zone: ZoneInfo) -> list[Counted]:
    """
    One row for each merchant, figure and currency that has any, in one statement.

    :param today: the day it is for all of these merchants, in their `zone`
    """
    ids = list(merchant_ids)
    first, *others = [*_parts(ids, today), *parts_of_statements(ids, today, zone)]
    return _merged(first.union(*others, all=True))


def _parts(ids: list[int], today: date) -> Iterator[QuerySet[Any, Any]]:
    yield from _parts_owed(ids, today)
    missed = Installment.objects.filter(merchant__in=ids, status=Installment.Status.SCHEDULED).exclude(hold="")
    yield part(missed, Value(Name.MISSED), "subscription__currency", F("amount"))
    yield from _parts_of_invoices(ids)
    payments = to_review(Payment.objects.filter(merchant__in=ids))
    yield part(payments, Value(Name.TO_REVIEW), "currency", F("amount"))
    yield from _parts_to_approve(ids)
    yield part(
        Reminder.objects.filter(merchant__in=ids, status=Reminder.Status.TO_DO, channel=ReminderChannel.WHATSAPP),
        Value(Name.TO_REMIND),
    )
    yield part(WrongRecipient.objects.filter(merchant__in=ids, resolved_at=None), Value(Name.WRONG_PHONE))
    yield part(ReceiptEmail.objects.filter(merchant__in=ids, status="UNKNOWN"), Value(Name.RECEIPTS_UNKNOWN))


def _parts_owed(ids: list[int], today: date) -> Iterator[QuerySet[Any, Any]]:
    """What was asked for and is owed: late, due within a week, with a promise that was broken; and all by its age."""
    bills = Bill.objects.open().filter(merchant__in=ids)
    asked = Installment.objects.open().filter(merchant__in=ids)
    for rows, late, soon, promised, currency in (
        (bills, Name.OVERDUE_BILLS, Name.BILLS_OF_WEEK, Name.BILLS_PROMISED, "currency"),
        (
            asked,
            Name.OVERDUE_INSTALLMENTS,
            Name.INSTALLMENTS_OF_WEEK,
            Name.INSTALLMENTS_PROMISED,
            "subscription__currency",
        ),
    ):
        yield part(rows.filter(due_date__lt=today), Value(late), currency, _OWED)
        yield part(rows.filter(due_date__gte=today, due_date__lte=today + WEEK), Value(soon), currency, _OWED)
        yield part(rows.filter(promised_until__lt=today), Value(promised), currency, _OWED)
        yield part(rows, _age(today), currency, _OWED)


def _parts_of_invoices(ids: list[int]) -> Iterator[QuerySet[Any, Any]]:
    """The live ones that did not reach their customers, and those that wait for a person's word."""
    invoices = Invoice.objects.filter(merchant__in=ids)
    troubled = invoices.live().filter(delivery__in=list(_TROUBLES))
    trouble = Case(*(When(delivery=delivery, then=Value(name)) for delivery, name in _TROUBLES.items()))
    yield part(troubled, trouble, "currency", F("amount"))
    yield part(invoices.held_back(), Value(Name.HELD_BACK), "currency", F("amount"))


def _parts_to_approve(ids: list[int]) -> Iterator[QuerySet[Any, Any]]:
    """What waits for a second person, and what has its approval and waits to be paid out."""
    for model, status, name in (
        (Refund, Refund.Status.REQUESTED, Name.REFUNDS_TO_APPROVE),
        (Refund, Refund.Status.APPROVED, Name.REFUNDS_TO_PAY_OUT),
        (Credit, Credit.Status.REQUESTED, Name.CREDITS_TO_APPROVE),
    ):
        rows: QuerySet[Any] = model.objects.filter(merchant__in=ids, status=status)
        yield part(rows, Value(name), "payment__currency", F("amount"))
    yield part(Job.objects.filter(merchant__in=ids, status=Job.Status.HELD), Value(Name.JOBS_TO_APPROVE))


def _age(today: date) -> Case:
    return Case(
        When(due_date__gte=today, then=Value(Name.NOT_DUE)),
        When(due_date__gte=today - timedelta(days=30), then=Value(Name.LATE_30)),
        When(due_date__gte=today - timedelta(days=60), then=Value(Name.LATE_60)),
        When(due_date__gte=today - timedelta(days=90), then=Value(Name.LATE_90)),
        default=Value(Name.LATE_LONGER),
        output_field=CharField(),
    )


def _merged(found: Iterable[Any]) -> list[Counted]:
    """Bills and installments of one age are one figure."""
    sums: dict[tuple[int, str, str], tuple[int, Decimal]] = {}
    for merchant_id, name, currency, count, amount in found:
        before, so_far = sums.get((merchant_id, name, currency), (0, ZERO))
        sums[merchant_id, name, currency] = (before + count, so_far + amount)
    return [
        Counted(merchant_id=merchant_id, name=name, currency=currency, count=count, amount=amount)
        for (merchant_id, name, currency), (count, amount) in sorted(sums.items())
    ]
