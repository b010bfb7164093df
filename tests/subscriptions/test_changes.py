"""Whatever is changed about a plan, in any order: the past stays, and the rules still derive every installment."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.errors import DomainError
from subscriptions import schedules
from subscriptions.changes import (
    CancelAtEnd,
    Change,
    Edit,
    Line,
    NewEnd,
    NewTerms,
    Pause,
    Plan,
    Resume,
    SkipInstallment,
    SpreadOver,
)
from subscriptions.models import Subscription
from subscriptions.schedules import Interval, Rule

Type = Subscription.Type
START = date(2026, 1, 1)
AMOUNT = Decimal("100.000")

sequences = st.integers(1, 16)
payment_days = st.integers(1, 31)
intervals = st.sampled_from(list(Interval))
amounts = st.integers(20_000, 400_000).map(lambda whole: Decimal(whole).scaleb(-3))

edits = st.one_of(
    st.builds(SkipInstallment, sequence=sequences),
    st.builds(
        NewTerms,
        from_sequence=sequences,
        amount=st.none() | amounts,
        payment_day=st.none() | payment_days,
        interval=st.none() | intervals,
    ),
    st.builds(SpreadOver, more=st.integers(1, 6)),
    st.builds(NewEnd, ends_after=st.none() | st.integers(1, 20), ends_on=st.none() | st.dates(START, date(2029, 1, 1))),
    st.just(CancelAtEnd()),
    st.just(Pause()),
    st.builds(Resume, shifts_dates=st.booleans()),
)
# A day passes by, or the customer is asked for the oldest so many, or for one ahead; or something is edited.
steps = st.one_of(
    edits,
    st.integers(1, 80).map(lambda days: timedelta(days=days)),
    sequences,
)


def new_plan(type_: Type, interval: Interval, payment_day: int) -> Plan:
    day = None if interval is Interval.WEEKLY else payment_day
    anchor = START if day is None else schedules.first_due_date(starts_on=START, payment_day=day)
    rule = Rule(from_sequence=1, anchor=anchor, interval=interval, payment_day=day, amount=AMOUNT)
    total = Decimal(1150) if type_ == Type.FIXED_MONTHLY else None
    until = START + timedelta(days=92)
    dues = schedules.expected_dues([rule], total=total, until=max(until, anchor))
    return Plan(
        type=type_,
        status=Subscription.Status.ACTIVE,
        rules=(rule,),
        lines=tuple(Line(sequence=due.sequence, due_date=due.due_date, amount=due.amount) for due in dues),
        total=total,
        ends_after=None,
        ends_on=None,
        is_settled_early=False,
        paused_on=None,
        today=START,
        until=until,
        weekend=frozenset({5, 6}),
        decimals=3,
    )


def stepped(plan: Plan, step: Any) -> Plan:
    """The plan a step later; a refused edit leaves it as it is."""
    if isinstance(step, timedelta):
        return replace(plan, today=plan.today + step, until=plan.until + step)
    if isinstance(step, int):
        lines = [replace(line, status="INVOICED") if line.sequence == step else line for line in plan.lines]
        return replace(plan, lines=tuple(lines))
    with suppress(DomainError):
        return applied(plan, step)
    return plan


def applied(plan: Plan, edit: Edit) -> Plan:
    change: Change = edit.change(plan)
    past = [line for line in plan.lines if line.is_past]
    assert [line for line in change.after if line in past] == past
    rules = plan.rules
    if change.terms:
        start = change.terms[0].from_sequence
        rules = (plan.rules[0], *(rule for rule in plan.rules[1:] if rule.from_sequence < start), *change.terms)
    if plan.type == Type.OPEN_ENDED:
        # Whatever way it takes, a plan asks for less a year only by changes that are weighed as much.
        assert max(change.lowered_by(has_total=False), 0) >= plan.rules[-1].in_a_year - rules[-1].in_a_year
    return replace(
        plan,
        lines=change.after,
        rules=rules,
        status=change.columns.get("status", plan.status),
        paused_on=plan.today if isinstance(edit, Pause) else None if isinstance(edit, Resume) else plan.paused_on,
        ends_after=change.columns.get("ends_after", plan.ends_after),
        ends_on=change.columns.get("ends_on", plan.ends_on),
    )


@settings(max_examples=300, deadline=None)
@given(
    type_=st.sampled_from([Type.FIXED_MONTHLY, Type.OPEN_ENDED]),
    interval=intervals,
    payment_day=payment_days,
    history=st.lists(steps, max_size=12),
)
def test_the_rules_derive_every_installment_after_any_history(
    type_: Type, interval: Interval, payment_day: int, history: list[Any]
) -> None:
    plan = new_plan(type_, interval, payment_day)

    for step in history:
        plan = stepped(plan, step)

    derived = schedules.expected_dues(
        plan.rules,
        total=plan.total,
        ends_after=min(plan.ends_after or plan.lines[-1].sequence, plan.lines[-1].sequence),
        ends_on=plan.ends_on,
    )
    assert [(due.sequence, due.due_date, due.amount) for due in derived] == [
        (line.sequence, line.due_date, line.amount) for line in plan.lines
    ]
    if plan.total is not None:
        assert sum(line.amount for line in plan.lines) == plan.total
