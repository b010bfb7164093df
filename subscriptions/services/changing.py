"""Changes of a plan: rehearsed, shown, and then done as they were shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event, Weekend
from billing.money import CURRENCY_DECIMALS
from billing.services import record_event
from billing.services.deciding_alone import decide_alone, lock_customers
from billing.signals import installments_due
from subscriptions.changes import Change, Edit, Line, Plan
from subscriptions.changes.plans import NOW, PlanHasMoved
from subscriptions.models import Installment, Subscription
from subscriptions.services.resuming import told_of_waived, with_dropped
from subscriptions.services.rows import installments_of, terms_of
from subscriptions.services.rules import rules_of
from subscriptions.services.settle import complete_if_settled
from subscriptions.services.writing import write_lines, write_terms


class ReasonMissing(DomainError):
    code = "REASON_MISSING"
    message = gettext_noop("Say why less is owed than before.")


def rehearse(*, merchant_id: int, subscription_id: int, edit: Edit, horizon: timedelta, now: datetime) -> Change:
    """
    What an edit would do, without doing it.

    :param horizon: how far ahead an OPEN_ENDED plan is scheduled
    :raises DomainError: what the edit refuses
    """
    subscription = _of(merchant_id).get(pk=subscription_id)
    rows = installments_of(subscription).order_by("sequence")
    return _computed(edit, subscription, rows, horizon=horizon, now=now)


@transaction.atomic
def change_plan(
    *,
    merchant_id: int,
    subscription_id: int,
    edit: Edit,
    horizon: timedelta,
    actor: str,
    now: datetime,
    rehearsed: str | None = None,
    reason: str | None = None,
    is_alone: bool = False,
) -> Subscription:
    """
    Do it: the rows are locked, the change is computed again from them, and written.

    :param rehearsed: the fingerprint of the change the person agreed to; None where nobody was shown one
    :param reason: why; staff have to say it where less is owed afterwards. None where no person is asked
    :param is_alone: a person does it whom nobody has approved
    :raises ReasonMissing: nothing was changed
    :raises MoreThanAlone: somebody else has to approve it
    :raises PlanHasMoved: that is no longer what would happen
    :raises DomainError: what the edit refuses
    """
    if is_alone:
        lock_customers(merchant_id=merchant_id, ids=_of(merchant_id).filter(pk=subscription_id).values("customer"))
    subscription = _of(merchant_id).select_for_update(of=("self",)).get(pk=subscription_id)
    rows = list(installments_of(subscription).select_for_update().order_by("sequence"))
    change = _computed(edit, subscription, rows, horizon=horizon, now=now)
    if rehearsed is not None and change.fingerprint != rehearsed:
        raise PlanHasMoved
    if reason == "" and lowered_by(change, subscription) > 0:
        raise ReasonMissing
    if is_alone:
        _decide_alone(subscription, change, actor, now)
    old = {name: getattr(subscription, name) for name in change.columns}
    write_lines(subscription, rows, change, now=now)
    write_terms(subscription, change)
    _write_columns(subscription, change.columns, now)
    _record(subscription, edit, change, old, actor, reason)
    complete_if_settled(subscription, actor=actor, now=now)
    transaction.on_commit(
        lambda: installments_due.send_robust(Subscription, subscription_id=subscription.pk), robust=True
    )
    return subscription


def lowered_by(change: Change, subscription: Subscription) -> Decimal:
    """How much less the customer owes by it; zero or less where it is not less."""
    return change.lowered_by(has_total=subscription.total_amount is not None)


def decided_by(change: Change, subscription: Subscription) -> Decimal:
    """How much of it no person decides alone above the merchant's limit."""
    return change.decided_by_it(has_total=subscription.total_amount is not None)


def plan_of(
    subscription: Subscription, installments: Iterable[Installment], *, horizon: timedelta, now: datetime
) -> Plan:
    """The plan as edits see it."""
    merchant = subscription.merchant
    today = merchant.local_date(now)
    paused_at = subscription.paused_at
    return Plan(
        type=Subscription.Type(subscription.type),
        status=Subscription.Status(subscription.status),
        rules=tuple(rules_of(subscription, terms_of(subscription))),
        lines=tuple(map(_line, installments)),
        total=subscription.total_amount,
        ends_after=subscription.ends_after,
        ends_on=subscription.ends_on,
        is_settled_early=subscription.settled_early_at is not None,
        paused_on=merchant.local_date(paused_at) if paused_at else None,
        today=today,
        until=today + horizon,
        weekend=Weekend(merchant.weekend).days,
        decimals=CURRENCY_DECIMALS[subscription.currency],
    )


def _computed(
    edit: Edit, subscription: Subscription, rows: Iterable[Installment], *, horizon: timedelta, now: datetime
) -> Change:
    plan = plan_of(subscription, rows, horizon=horizon, now=now)
    return told_of_waived(with_dropped(edit.change(plan), plan, subscription))


def _decide_alone(subscription: Subscription, change: Change, actor: str, now: datetime) -> None:
    decide_alone(
        merchant=subscription.merchant,
        customer_id=subscription.customer_id,
        amount=decided_by(change, subscription),
        what=subscription.subscription_no,
        actor=actor,
        now=now,
    )


def _of(merchant_id: int) -> QuerySet[Subscription]:
    return Subscription.objects.filter(merchant_id=merchant_id).select_related("merchant")


def _line(row: Installment) -> Line:
    return Line(
        sequence=row.sequence,
        due_date=row.due_date,
        amount=row.amount,
        description=row.description,
        status=row.status,
        amount_paid=row.amount_paid,
    )


def _write_columns(subscription: Subscription, columns: Mapping[str, Any], now: datetime) -> None:
    for name, value in columns.items():
        setattr(subscription, name, now if value == NOW else value)
    if columns:
        subscription.save(update_fields=list(columns))


def _record(
    subscription: Subscription, edit: Edit, change: Change, old: Mapping[str, Any], actor: str, reason: str | None
) -> None:
    """What was and what is: each installment that differs, and each column."""
    before = {line.sequence: line for line in change.before}
    after = {line.sequence: line for line in change.after}
    differing = [number for number in sorted({*before, *after}) if before.get(number) != after.get(number)]
    record_event(
        merchant_id=subscription.merchant_id,
        subject=Event.Subject.SUBSCRIPTION,
        subject_id=subscription.pk,
        name=edit.event,
        actor=actor,
        **({"reason": reason} if reason else {}),
        columns={name: [_text(old[name]), _text(getattr(subscription, name))] for name in change.columns},
        installments=[[number, _stated(before.get(number)), _stated(after.get(number))] for number in differing],
        **_first_difference(
            [(before[number], after[number]) for number in differing if number in before and number in after]
        ),
    )


def _first_difference(pairs: Sequence[tuple[Line, Line]]) -> dict[str, str]:
    """What the timeline shows of it."""
    if not pairs:
        return {}
    old, new = pairs[0]
    return {
        "old_due_date": old.due_date.isoformat(),
        "due_date": new.due_date.isoformat(),
        "old_amount": str(old.amount),
        "amount": str(new.amount),
    }


def _stated(line: Line | None) -> list[str] | None:
    return [line.due_date.isoformat(), str(line.amount), line.status] if line else None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
