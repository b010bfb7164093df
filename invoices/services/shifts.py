"""A cashier's shift: opened with some cash, closed with what was counted against what should be there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Merchant, User
from billing.money import ZERO
from invoices.models import Payment, Refund, Shift, ShiftCount, ShiftEntry

METHODS: Final = (Payment.Method.CASH, Payment.Method.TRANSFER)


class ShiftAlreadyOpen(DomainError):
    code = "SHIFT_ALREADY_OPEN"
    message = gettext_noop("You have an open shift already. Close it before you open another.")


class ShiftClosed(DomainError):
    code = "SHIFT_CLOSED"
    message = gettext_noop("This shift was closed already. Nothing was changed: see what was counted then.")


class ShiftOfAnother(DomainError):
    code = "SHIFT_OF_ANOTHER"
    message = gettext_noop("This is somebody else's shift. They close it themselves, or a manager does.")


class DifferenceUnexplained(DomainError):
    code = "DIFFERENCE_UNEXPLAINED"
    message = gettext_noop("What was counted differs from what should be there. Count again, or say why in the note.")


def open_shift(*, merchant: Merchant, cashier: User, opening_float: Decimal, now: datetime) -> Shift:
    """
    :param opening_float: the cash in the drawer, zero or more
    :raises ShiftAlreadyOpen: one at a time for each cashier and merchant
    """
    try:
        with transaction.atomic():
            return Shift.objects.create(
                merchant=merchant,
                cashier=cashier,
                currency=merchant.currency,
                opening_float=opening_float,
                opened_at=now,
            )
    except IntegrityError:
        if not _open_shifts(merchant.pk, cashier).exists():
            raise
        raise ShiftAlreadyOpen from None


def open_shifts_of(cashier: User) -> QuerySet[Shift]:
    """One for each merchant at most."""
    return Shift.objects.filter(cashier=cashier, closed_at=None)


def enter_in_shift(*, user: User, payment: Payment | None = None, refund: Refund | None = None) -> None:
    """
    Let money taken or paid out by hand belong to the person's open shift, where there is one.

    In the transaction that records it, with the shift locked: a shift is closed before it or after it, never between.
    """
    row = payment or refund
    assert row is not None
    if row.method not in METHODS:
        return
    shift = _open_shifts(row.merchant_id, user).select_for_update().first()
    if shift is not None:
        ShiftEntry.objects.create(merchant_id=row.merchant_id, shift=shift, payment=payment, refund=refund)


def expected_in(shift: Shift) -> dict[Payment.Method, Decimal]:
    """What should be there: of cash with what was in the drawer at the start."""
    taken = _sums(shift, "payment")
    given_back = _sums(shift, "refund")
    start = {Payment.Method.CASH: shift.opening_float}
    return {
        method: start.get(method, ZERO) + taken.get(method, ZERO) - given_back.get(method, ZERO) for method in METHODS
    }


@transaction.atomic
def close_shift(
    *,
    merchant_id: int,
    shift_id: int,
    counted: Mapping[Payment.Method, Decimal],
    note: str,
    user: User,
    may_close_others: bool,
    now: datetime,
) -> Shift:
    """
    Close a shift with what was counted of each method.

    :raises ShiftClosed: nothing was changed
    :raises ShiftOfAnother: nothing was changed
    :raises DifferenceUnexplained: it differs and the note is empty; nothing was changed
    """
    shift = Shift.objects.select_for_update().get(merchant_id=merchant_id, pk=shift_id)
    if not shift.is_open:
        raise ShiftClosed
    if shift.cashier_id != user.pk and not may_close_others:
        raise ShiftOfAnother
    expected = expected_in(shift)
    if not note and any(counted[method] != expected[method] for method in METHODS):
        raise DifferenceUnexplained
    ShiftCount.objects.bulk_create(
        ShiftCount(
            merchant_id=merchant_id, shift=shift, method=method, expected=expected[method], counted=counted[method]
        )
        for method in METHODS
    )
    shift.closed_at, shift.closed_by, shift.note = now, user, note
    shift.save(update_fields=["closed_at", "closed_by", "note"])
    return shift


def _open_shifts(merchant_id: int, cashier: User) -> QuerySet[Shift]:
    return open_shifts_of(cashier).filter(merchant_id=merchant_id)


def _sums(shift: Shift, of: str) -> dict[str, Decimal]:
    rows = shift.entries.filter(**{f"{of}__isnull": False}).order_by().values_list(f"{of}__method")
    return dict(rows.annotate(total=Sum(f"{of}__amount")))
