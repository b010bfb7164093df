"""A change put into rows: only scheduled installments are ever touched, those paid in part only to cancel them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from subscriptions.changes import Change, Line
from subscriptions.models import Installment, Subscription, Term
from subscriptions.services.rows import installments_from, installments_of, terms_of

Status = Installment.Status


def write_lines(subscription: Subscription, rows: Sequence[Installment], change: Change, *, now: datetime) -> None:
    """
    Make the rows, all of them locked, what the change says. What is removed was only ever a plan: nobody was asked.
    """
    after = {line.sequence: line for line in change.after}
    _remove(subscription, [row for row in rows if row.sequence not in after])
    known = {row.sequence: row for row in rows}
    _update(subscription, [(row, after[number]) for number, row in known.items() if number in after], now)
    new = [line for line in change.after if line.sequence not in known]
    Installment.objects.bulk_create(installments_from(subscription, new))


def write_terms(subscription: Subscription, change: Change) -> None:
    """The new rules, in place of those which no installment has followed yet."""
    if not change.terms:
        return
    terms_of(subscription).filter(from_sequence__gte=change.terms[0].from_sequence).delete()
    Term.objects.bulk_create(
        Term(
            merchant_id=subscription.merchant_id,
            subscription=subscription,
            from_sequence=rule.from_sequence,
            anchor_date=rule.anchor,
            interval=rule.interval.value,
            payment_day=rule.payment_day,
            amount=rule.amount,
        )
        for rule in change.terms
    )


def _remove(subscription: Subscription, rows: Iterable[Installment]) -> None:
    sequences = [row.sequence for row in rows]
    if sequences:
        installments_of(subscription).untouched().filter(sequence__in=sequences).delete()


def _update(subscription: Subscription, pairs: Iterable[tuple[Installment, Line]], now: datetime) -> None:
    changed = [row for row, line in pairs if _take_over(row, line, now)]
    columns = ["due_date", "amount", "status", "hold", "cancelled_at"]
    installments_of(subscription).filter(status=Status.SCHEDULED).bulk_update(changed, columns)


def _take_over(row: Installment, line: Line, now: datetime) -> bool:
    """Whether the row differed. One that was held for its old date is not held for the new one."""
    if (row.due_date, row.amount, row.status) == (line.due_date, line.amount, line.status):
        return False
    if line.status == Status.CANCELLED:
        row.cancelled_at = now
    row.due_date, row.amount, row.status, row.hold = line.due_date, line.amount, line.status, ""
    return True
