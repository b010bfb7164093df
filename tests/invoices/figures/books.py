"""A book of many bills, installments and payments in every state, made of dice; and its figures counted by hand."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.models import Bill, Merchant
from billing.money import ZERO
from invoices.models import OpenFigure, Payment
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_subscription
from tests.staff import make_staff

Name = OpenFigure.Name
# On both sides of every border between two ages, and of the week.
_DAYS = [-400, -120, -91, -90, -61, -60, -31, -30, -1, 0, 1, 7, 8, 40]


def make_book(merchant: Merchant, *, today: date, now: datetime, seed: int = 1, bills: int = 40) -> None:
    dice = random.Random(seed)
    for number in range(bills):
        bill = make_bill(
            merchant,
            customer_phone=f"07770{number:05}",
            amount=Decimal(dice.randint(1_000, 900_000)).scaleb(-3),
            due_date=today
            + timedelta(days=dice.choice([-400, -120, -91, -90, -61, -60, -31, -30, -1, 0, 1, 7, 8, 40])),
        )
        _put_into_a_state(bill, dice, today, now)
    plan = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE, customer_phone="0777000000")
    for installment in plan.installments.all():
        _put_into_a_state(installment, dice, today, now)
    _pay(merchant, dice, now)


def _put_into_a_state(row: Bill | Installment, dice: random.Random, today: date, now: datetime) -> None:
    changes: dict[str, Any] = {"promised_until": dice.choice([None, today - timedelta(days=1), today])}
    open_status = "PENDING" if isinstance(row, Bill) else "INVOICED"
    status = dice.choice([open_status, open_status, "PAID", "CANCELLED"])
    if status == "PAID":
        changes |= {"amount_paid": row.amount, "paid_at": now}
    elif status == open_status:
        changes |= {"amount_paid": dice.choice([ZERO, Decimal("0.500")])}
    type(row).objects.filter(pk=row.pk).update(status=status, **changes)


def _pay(merchant: Merchant, dice: random.Random, now: datetime) -> None:
    clerk = make_staff(merchant, username=f"till-{merchant.username}")
    zone = ZoneInfo(merchant.time_zone)
    first = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    instants = [now, first, first - timedelta(microseconds=1), first - timedelta(days=40), first - timedelta(days=500)]
    for number, bill in enumerate(Bill.objects.filter(merchant=merchant).order_by("pk")[:20]):
        Payment.objects.create(
            merchant=merchant,
            customer=bill.customer,
            bill=bill,
            method=dice.choice(["CASH", "TRANSFER"]),
            currency=bill.currency,
            amount=bill.amount,
            applied_amount=ZERO,
            recorded_by=clerk,
            review_reason=dice.choice(["", "", "OVERPAID"]),
            received_at=instants[number % len(instants)],
        )


def worklist_by_hand(merchant: Merchant, *, today: date) -> dict[str, tuple[int, Decimal]]:
    """Row by row in Python, without one aggregate."""
    found: Counter[str] = Counter()
    sums: dict[str, Decimal] = {}

    def add(name: str, amount: Decimal) -> None:
        found[name] += 1
        sums[name] = sums.get(name, ZERO) + amount

    bills = [row for row in Bill.objects.filter(merchant=merchant) if row.status == "PENDING"]
    asked = [row for row in Installment.objects.filter(merchant=merchant) if row.status == "INVOICED"]
    for rows, late, soon, promised in (
        (bills, Name.OVERDUE_BILLS, Name.BILLS_OF_WEEK, Name.BILLS_PROMISED),
        (asked, Name.OVERDUE_INSTALLMENTS, Name.INSTALLMENTS_OF_WEEK, Name.INSTALLMENTS_PROMISED),
    ):
        for row in rows:
            owed, days = row.amount - row.amount_paid, (today - row.due_date).days
            if days > 0:
                add(late, owed)
            elif days >= -7:
                add(soon, owed)
            if row.promised_until is not None and row.promised_until < today:
                add(promised, owed)
            add(_age(days), owed)
    for payment in Payment.objects.filter(merchant=merchant):
        if payment.review_reason:
            add(Name.TO_REVIEW, payment.amount)
    return {name: (count, sums[name]) for name, count in found.items()}


def _age(days: int) -> str:
    if days <= 0:
        return Name.NOT_DUE
    return next(
        (name for most, name in ((30, Name.LATE_30), (60, Name.LATE_60), (90, Name.LATE_90)) if days <= most),
        Name.LATE_LONGER,
    )


def months_by_hand(merchant: Merchant, *, today: date) -> dict[tuple[date, str, str], Decimal]:
    """(month, kind, method) to the amount, of twelve months."""
    zone = ZoneInfo(merchant.time_zone)
    found: dict[tuple[date, str, str], Decimal] = {}

    def add(day: date, kind: str, method: str, amount: Decimal) -> None:
        age = (today.year - day.year) * 12 + today.month - day.month
        if 0 <= age < 12:
            key = (day.replace(day=1), kind, method)
            found[key] = found.get(key, ZERO) + amount

    for bill in Bill.objects.filter(merchant=merchant).exclude(status="CANCELLED"):
        add(bill.due_date, "BILLED", "BILL", bill.amount)
    for installment in Installment.objects.filter(merchant=merchant, status__in=["INVOICED", "PAID"]):
        add(installment.due_date, "BILLED", "PLAN", installment.amount)
    for payment in Payment.objects.filter(merchant=merchant):
        add(payment.received_at.astimezone(zone).date(), "COLLECTED", payment.method, payment.amount)
    return found
