"""The schedule that new rules make of a plan, around what is past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.money import ZERO
from subscriptions import schedules
from subscriptions.changes.plans import Change, Line, Plan
from subscriptions.changes.warnings import warnings_of
from subscriptions.limits import NothingToSchedule, within_limit
from subscriptions.models import Subscription
from subscriptions.schedules import Due, Interval, Rule

Type = Subscription.Type


class PastWouldChange(DomainError):
    code = "PAST_WOULD_CHANGE"
    message = gettext_noop(
        "An installment that was already invoiced, paid or skipped would have to go. Change a later one instead."
    )


def replanned(plan: Plan, rules: Sequence[Rule], **columns: Any) -> Change:
    """
    The change by which these rules hold from the first of them on.

    :raises PastWouldChange: a past installment would be left without its place
    :raises TooManyPayments:
    """
    terms = _around_past(rules, plan.lines)
    earlier = [rule for rule in plan.rules if rule.from_sequence < terms[0].from_sequence]
    # The plan's own first rule stays where a term replaces it from installment 1 on: of two the later holds.
    new = replace(plan, rules=(*(earlier or plan.rules[:1]), *terms))
    return rederived(plan, new, terms=tuple(terms), **columns)


def rederived(plan: Plan, new: Plan, *, terms: tuple[Rule, ...] = (), **columns: Any) -> Change:
    """
    The change from one plan to the same under other rules or another end.

    :raises PastWouldChange:
    :raises NothingToSchedule:
    :raises TooManyPayments:
    """
    after = _merged(plan.lines, _dues(new))
    if not after:
        raise NothingToSchedule
    change = changed(plan, after, columns={**_bookkeeping(new, after), **columns}, terms=terms, rules=new.rules)
    return replace(change, later=_less_in_a_year(plan, new))


def changed(
    plan: Plan,
    after: Sequence[Line],
    *,
    columns: Mapping[str, Any] | None = None,
    terms: tuple[Rule, ...] = (),
    rules: Sequence[Rule] | None = None,
) -> Change:
    """:param rules: all that hold afterwards; None: those that hold now"""
    lines = tuple(after)
    warnings = tuple(warnings_of(plan, lines, plan.rules if rules is None else rules))
    return Change(before=plan.lines, after=lines, columns=columns or {}, terms=terms, warnings=warnings)


def rules_from(plan: Plan, sequence: int) -> list[Rule]:
    """What holds from an installment on: the rule it follows, beginning at it, and the later ones."""
    here = schedules.rule_at(plan.rules, sequence)
    later = [rule for rule in plan.rules if rule.from_sequence > sequence]
    return [replace(here, from_sequence=sequence, anchor=schedules.due_date(here, sequence)), *later]


def missed_steps(rule: Rule, *, since: date, until: date) -> int:
    """
    How many months, or weeks of a weekly rule, to move on so that no payment day of [since, until) is left.

    It counts the payment days in between, of every month, so that a quarterly plan moves by months too.
    """
    if rule.interval is Interval.WEEKLY:
        first = since + timedelta(days=(rule.anchor - since).days % 7)
        return max(0, -((first - until).days // 7))
    day = rule.payment_day or rule.anchor.day
    first = schedules.first_due_date(starts_on=since, payment_day=day)
    reached = schedules.first_due_date(starts_on=until, payment_day=day)
    return (reached.year - first.year) * 12 + reached.month - first.month


def moved_on(rule: Rule, steps: int) -> Rule:
    """The rule so many months, or weeks of a weekly one, later."""
    if rule.interval is Interval.WEEKLY:
        return replace(rule, anchor=rule.anchor + timedelta(weeks=steps))
    return replace(rule, anchor=schedules.months_later(rule.anchor, steps, rule.payment_day or rule.anchor.day))


def for_steps(rule: Rule, steps: int) -> Decimal:
    """What it asks for in so many months, or weeks of a weekly rule; of a part of a period its part."""
    periods = Decimal(steps) / schedules.MONTHS.get(rule.interval, 1)
    return (rule.amount * periods).quantize(Decimal("0.001"))


def _around_past(rules: Sequence[Rule], lines: Sequence[Line]) -> list[Rule]:
    """The same rules, with the past installments among them held where they are."""
    pinned = {rule.from_sequence: rule for rule in rules}
    start = rules[0].from_sequence
    for line in lines:
        if not line.is_past or line.sequence < start:
            continue
        after = line.sequence + 1
        follows = schedules.rule_at(rules, after)
        pinned[after] = replace(follows, from_sequence=after, anchor=schedules.due_date(follows, after))
        held = schedules.rule_at(rules, line.sequence)
        day = None if held.interval is Interval.WEEKLY else line.due_date.day
        pinned[line.sequence] = replace(
            held, from_sequence=line.sequence, anchor=line.due_date, payment_day=day, amount=line.amount
        )
    return [pinned[sequence] for sequence in sorted(pinned)]


def _dues(plan: Plan) -> list[Due]:
    found = schedules.expected_dues(
        plan.rules,
        total=plan.total,
        # The first payment under a new rule is scheduled at once, however far away it is.
        until=max(plan.until, plan.lines[-1].due_date, plan.rules[-1].anchor),
        ends_after=plan.ends_after,
        ends_on=plan.ends_on,
    )
    return list(found) if plan.type == Type.OPEN_ENDED else within_limit(found)


def _merged(lines: Sequence[Line], dues: Sequence[Due]) -> list[Line]:
    """Past installments as they are, the others as they are due now."""
    known = {line.sequence: line for line in lines}
    after = [_line(known.get(due.sequence), due) for due in dues]
    kept = {line.sequence for line in after}
    if any(line.is_past and line.sequence not in kept for line in lines):
        raise PastWouldChange
    return after


def _line(known: Line | None, due: Due) -> Line:
    if known is None:
        return Line(sequence=due.sequence, due_date=due.due_date, amount=due.amount)
    if known.is_past:
        if known.amount != due.amount:
            raise PastWouldChange
        return known
    return replace(known, due_date=due.due_date, amount=due.amount)


def _bookkeeping(plan: Plan, after: Sequence[Line]) -> dict[str, Any]:
    last = after[-1].sequence
    if plan.type != Type.OPEN_ENDED:
        return {"number_of_installments": len(after), "last_sequence": last, "scheduled_until": after[-1].due_date}
    end = schedules.scheduled_until(plan.rules, last, ends_after=plan.ends_after, ends_on=plan.ends_on)
    return {"last_sequence": last, "scheduled_until": end}


def _less_in_a_year(plan: Plan, new: Plan) -> Decimal:
    """All that is not scheduled yet follows the last rule, should the plan have no end or lose it."""
    if plan.type != Type.OPEN_ENDED:
        return ZERO
    return max(plan.rules[-1].in_a_year - new.rules[-1].in_a_year, ZERO)


def even_amount(left: Decimal, payments: int, *, decimals: int) -> Decimal:
    """The smallest amount the currency can write that covers what is left in so many payments."""
    unit = Decimal(1).scaleb(-decimals)
    amount = (left / payments).quantize(unit, rounding="ROUND_UP")
    return amount.quantize(Decimal("0.001"))
