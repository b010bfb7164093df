"""What a person should think of before saving a schedule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from subscriptions import schedules
from subscriptions.changes.plans import Line, Plan, PlanWarning, owed_in
from subscriptions.missed import Outlook
from subscriptions.models import Subscription
from subscriptions.schedules import Interval, Rule

Type = Subscription.Type


def warnings_of(plan: Plan, after: Sequence[Line], rules: Sequence[Rule]) -> Iterator[PlanWarning]:
    """About what is new in a schedule; what was so before is not said again."""
    before = set(plan.lines)
    new = [line for line in after if line not in before and not line.is_past]
    yield from date_warnings(new, today=plan.today, weekend=plan.weekend)
    if new:
        yield from _spacing_warnings(plan, after, set(new), rules)
    if plan.type != Type.OPEN_ENDED:
        yield from _sum_warnings(plan.lines, after)
    if plan.type == Type.FIXED_MONTHLY and new:
        yield from remainder_warnings(after)


def date_warnings(
    lines: Sequence[Line], *, today: date, weekend: frozenset[int], outlook: Outlook | None = None
) -> Iterator[PlanWarning]:
    """:param outlook: what becomes of those that have passed, where that is known"""
    if passed := [line.due_date for line in lines if line.due_date < today]:
        yield PlanWarning(code="PAST_DATE", values={"dates": passed, "outlook": outlook})
    if free := [line.due_date for line in lines if line.due_date.isoweekday() in weekend]:
        yield PlanWarning(code="WEEKEND", values={"dates": free})


def remainder_warnings(lines: Sequence[Line]) -> Iterator[PlanWarning]:
    """The last payment of a plan with a total differs from the one before it."""
    open_lines = [line for line in lines if not line.is_past]
    if len(open_lines) > 1 and open_lines[-1].amount != open_lines[-2].amount:
        yield PlanWarning(code="REMAINDER", values={"amount": open_lines[-1].amount, "other": open_lines[-2].amount})


def _sum_warnings(before: Sequence[Line], after: Sequence[Line]) -> Iterator[PlanWarning]:
    if owed_in(before) != owed_in(after):
        yield PlanWarning(code="SUM", values={"before": owed_in(before), "after": owed_in(after)})


def _spacing_warnings(
    plan: Plan, after: Sequence[Line], new: set[Line], rules: Sequence[Rule]
) -> Iterator[PlanWarning]:
    """Two payments in one period, or a period without one, beside an installment that is new."""
    owed = sorted((line for line in after if line.is_owed), key=lambda line: line.due_date)
    for earlier, later in pairwise(owed):
        if earlier not in new and later not in new:
            continue
        values = {"first": earlier.due_date, "second": later.due_date}
        if plan.type == Type.CUSTOM_SCHEDULE:
            if earlier.due_date == later.due_date:
                yield PlanWarning(code="SAME_DAY", values=values)
            continue
        apart = _periods_apart(earlier.due_date, later.due_date, schedules.rule_at(rules, later.sequence))
        if apart < 1:
            yield PlanWarning(code="TWO_IN_ONE_PERIOD", values=values)
        elif apart > 1:
            yield PlanWarning(code="GAP", values=values)


def _periods_apart(earlier: date, later: date, rule: Rule) -> float:
    if rule.interval is Interval.WEEKLY:
        return (later - earlier).days / 7
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months / schedules.MONTHS[rule.interval]
