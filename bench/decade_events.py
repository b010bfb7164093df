"""What happens to the plans of bench.decade: each thing done by a service, and told to the walked calendar."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal

from bench.decade_calendar import Expected, WalkedList, WalkedPlan
from bench.decade_plans import ACTOR, HORIZON, Lived, Type, counting_of, some_days_after
from subscriptions import changes
from subscriptions.models import Subscription
from subscriptions.schedules import Interval
from subscriptions.services import change_plan
from subscriptions.services.changing import plan_of


def live(plan: Lived, dice: random.Random, *, now: datetime) -> str:
    """Something happens to a plan; its name, or nothing where it made no sense."""
    plan.next_event = some_days_after(now.date(), dice)
    # One that is complete is left to the walked calendar: should that still expect something, it is a difference.
    plan.subscription.refresh_from_db(fields=["status"])
    if plan.walked.has_ended or plan.subscription.status == Subscription.Status.COMPLETED:
        return ""
    is_listed = isinstance(plan.walked, WalkedList)
    if _is_paused(plan):
        return _resume(plan, dice, now)
    choices = ["pause", "skip", "skip", "move", "settle"] if is_listed else ["pause", "pause", "skip", "terms", "terms"]
    choices += ["end", "cancel"] if dice.random() < 0.2 else []
    return _ACTS[dice.choice(choices)](plan, dice, now)


def _is_paused(plan: Lived) -> bool:
    walked = plan.walked
    return (walked.paused_on if isinstance(walked, WalkedList) else walked.paused) is not None


def _do(plan: Lived, edit: changes.Edit, now: datetime) -> None:
    of, pk = plan.subscription.merchant_id, plan.subscription.pk
    change_plan(merchant_id=of, subscription_id=pk, edit=edit, horizon=HORIZON, actor=ACTOR, now=now)


def _seen(plan: Lived, now: datetime) -> changes.Plan:
    fresh = Subscription.objects.select_related("merchant").get(pk=plan.subscription.pk)
    return plan_of(fresh, fresh.installments.order_by("sequence"), horizon=HORIZON, now=now)


def _pause(plan: Lived, dice: random.Random, now: datetime) -> str:
    _do(plan, changes.Pause(), now)
    if isinstance(plan.walked, WalkedList):
        plan.walked.paused_on = now.date()
    else:
        plan.walked.pause(now.date())
    return "paused"


def _resume(plan: Lived, dice: random.Random, now: datetime) -> str:
    shifts = dice.random() < 0.6
    _do(plan, changes.Resume(shifts_dates=shifts), now)
    plan.walked.resume(now.date(), shifts=shifts)
    return "resumed, dates moved" if shifts else "resumed, dates kept"


def _skip(plan: Lived, dice: random.Random, now: datetime) -> str:
    open_lines = sorted(_seen(plan, now).open_lines, key=lambda line: (line.due_date, line.sequence))
    if not open_lines:
        return ""
    _do(plan, changes.SkipInstallment(sequence=open_lines[0].sequence), now)
    if isinstance(plan.walked, WalkedList):
        plan.walked.waiting.remove(_next_listed(plan.walked, open_lines[0]))
    elif plan.walked.left is not None:
        plan.walked.countdown += plan.walked.counting.step
    else:
        plan.walked.skips += 1
    return "skipped"


def _move(plan: Lived, dice: random.Random, now: datetime) -> str:
    walked, open_lines = plan.walked, _seen(plan, now).open_lines
    if not open_lines:
        return ""
    assert isinstance(walked, WalkedList)
    line = dice.choice(open_lines)
    to = now.date() + timedelta(days=dice.randint(0, 400))
    _do(plan, changes.MoveInstallment(sequence=line.sequence, due_date=to), now)
    _next_listed(walked, line).due = to
    return "moved"


def _terms(plan: Lived, dice: random.Random, now: datetime) -> str:
    assert isinstance(plan.walked, WalkedPlan)
    first, lines = plan.walked.next_due(now.date()), _seen(plan, now).changeable_lines
    if first is None or not lines:
        return ""
    was_weekly = plan.walked.counting.weekday is not None
    interval = dice.choice(list(Interval))
    # An earlier day of the month could have passed; that is for people to want.
    day = dice.randint(1 if was_weekly else first.day, 31)
    amount = plan.walked.amount + Decimal(dice.randint(1, 9_000)).scaleb(-3)
    edit = changes.NewTerms(from_sequence=lines[0].sequence, amount=amount, payment_day=day, interval=interval)
    _do(plan, edit, now)
    plan.walked.change(counting_of(interval, day, first), amount, today=now.date(), first=first)
    return "terms changed"


def _settle(plan: Lived, dice: random.Random, now: datetime) -> str:
    if not _seen(plan, now).open_lines:
        return ""
    _do(plan, changes.SettleEarly(), now)
    plan.walked.settle(now.date())
    return "settled early"


def _end(plan: Lived, dice: random.Random, now: datetime) -> str:
    """An open-ended plan gets a last day; another is settled."""
    if plan.subscription.type != Type.OPEN_ENDED:
        return _settle(plan, dice, now)
    assert isinstance(plan.walked, WalkedPlan)
    end = now.date() + timedelta(days=dice.randint(100, 900))
    _do(plan, changes.NewEnd(ends_after=plan.walked.ends_after, ends_on=end), now)
    plan.walked.ends_on = end
    return "end set"


def _cancel(plan: Lived, dice: random.Random, now: datetime) -> str:
    _do(plan, changes.CancelNow(), now)
    plan.walked.has_ended = True
    return "cancelled"


def _next_listed(walked: WalkedList, line: changes.Line) -> Expected:
    return next(each for each in walked.waiting if (each.due, each.amount) == (line.due_date, line.amount))


_ACTS = {
    "pause": _pause,
    "skip": _skip,
    "move": _move,
    "terms": _terms,
    "settle": _settle,
    "end": _end,
    "cancel": _cancel,
}
