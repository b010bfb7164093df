"""
What one person decides alone for a customer, added up over the merchant's day: many small steps are one large one.

It is counted from the customer's timeline, which says of each step that nobody else looked at it (decision 39).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, Customer, Event, Merchant
from billing.money import ZERO
from billing.services.events import Line, record_lines
from billing.services.second_persons import needs_second_person

_EVENT: Final = "decided_alone"


class MoreThanAlone(DomainError):
    code = "MORE_THAN_ALONE"
    message = gettext_noop(
        "With what you have decided for this customer today, this is more than one person may decide. Nothing was "
        "done: ask for it again on its own page, and somebody else will be asked to approve it."
    )


def lock_customers(*, merchant_id: int, ids: QuerySet[Any] | Iterable[int]) -> None:
    """
    Two tabs of one person meet here, whichever documents they are about.

    Before any document is locked, as everywhere.
    """
    found = Customer.objects.filter(merchant_id=merchant_id, pk__in=ids).order_by("pk")
    list(found.select_for_update(no_key=True).values_list("pk", flat=True))


def decide_alone(
    *, merchant: Merchant, customer_id: int, amount: Decimal, what: str, actor: str, now: datetime
) -> None:
    """
    Write down that this person alone lets so much go, in the transaction that does it and with the customer locked.

    :param what: the document's number
    :raises MoreThanAlone: it has to be approved by somebody else
    """
    if amount <= ZERO:
        return
    earlier = decided_today(merchant=merchant, customers=[customer_id], actor=actor, now=now)
    if needs_second_person(merchant, amount + earlier):
        raise MoreThanAlone
    step = Line(merchant.pk, customer_id, {"amount": str(amount), "note": what})
    record_lines([step], subject=Event.Subject.CUSTOMER, name=_EVENT, actor=actor, now=now)


def decided_today(
    *, merchant: Merchant, customers: QuerySet[Any] | Iterable[int], actor: str, now: datetime
) -> Decimal:
    """What this person has decided alone for these customers, doubles merged into them included, since midnight."""
    everybody = Customer.objects.filter(merchant=merchant).order_by()
    # A union, for which indexes are used where an "or" of two lists reads all customers.
    people = (
        everybody.filter(pk__in=customers)
        .values("pk")
        .union(everybody.filter(merged_into__isnull=False, merged_into__in=customers).values("pk"), all=True)
    )
    steps = Event.objects.filter(
        merchant=merchant,
        subject=Event.Subject.CUSTOMER,
        subject_id__in=people,
        name=_EVENT,
        actor=actor,
        occurred_at__gte=merchant.day_began(now),
    )
    return sum((Decimal(amount) for amount in steps.values_list("details__amount", flat=True)), ZERO)


def made_today(merchant: Merchant, actor: str, now: datetime) -> Q:
    """
    Of bills: made by this person today, and nothing paid for them yet.

    Who takes such a bill back lowers nothing: they could have left it out.
    """
    made = Event.objects.filter(
        merchant=merchant,
        subject=Event.Subject.BILL,
        subject_id=OuterRef("pk"),
        name="created",
        actor=actor,
        occurred_at__gte=merchant.day_began(now),
    )
    return Q(Exists(made), amount_paid=ZERO)


def is_own_of_today(bill: Bill, *, actor: str, now: datetime) -> bool:
    return Bill.objects.filter(made_today(bill.merchant, actor, now), pk=bill.pk).exists()
