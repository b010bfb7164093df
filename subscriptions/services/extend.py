"""Open-ended plans keep a horizon of scheduled installments ahead of them."""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from django.db import connection, transaction

from billing.models import Merchant
from billing.money import ZERO, to_thousandths
from subscriptions import schedules
from subscriptions.models import Subscription, Term
from subscriptions.schedules import Due, Rule
from subscriptions.services.rules import rules_of

# A plan that stood still for years is caught up in several rounds, so that a chunk stays small.
_MOST_AT_ONCE: Final = 60
_RULE = ("id", "type", "anchor_date", "interval", "payment_day", "monthly_payment", "recurring_amount")
_PROGRESS = ("last_sequence", "ends_after", "ends_on")

# One statement for a chunk's installments and one for its plans; through the ORM this costs several times as much.
_VALUES: Final = {
    "postgresql": "SELECT (value->>0)::bigint, (value->>1)::integer, (value->>2)::date, (value->>3)::bigint"
    " FROM json_array_elements(%(rows)s)",
    "sqlite": "SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(%(rows)s)",
}
_INSERT: Final = """
    WITH made (subscription_id, sequence, due_date, amount) AS ({values})
    INSERT INTO subscriptions_installment (
        merchant_id, subscription_id, sequence, due_date, amount, amount_paid, amount_refunded, description, status,
        hold, link_version
    ) SELECT %(merchant)s, subscription_id, sequence, due_date, amount, 0, 0, '', 'SCHEDULED', '', 1 FROM made
"""
_ADVANCE: Final = """
    WITH made (subscription_id, last_sequence, scheduled_until, unused) AS ({values})
    UPDATE subscriptions_subscription SET last_sequence = made.last_sequence, scheduled_until = made.scheduled_until
    FROM made WHERE subscriptions_subscription.id = made.subscription_id
"""


def extend_open_ended(
    *, merchant: Merchant, horizon: timedelta, now: datetime, chunk: int = 500, seconds: float | None = None
) -> int:
    """
    Schedule what is missing up to `horizon` ahead, also after weeks of standstill; how many installments that made.

    Safe beside itself and after dying half way: a chunk is one transaction that locks its plans and passes over
    those another holds, and (subscription, sequence) is unique. A plan that was extended, or has come to its end, is
    scheduled until the day before it needs the next, so no round finds it again.

    :param seconds: stop after about as long, but not before the first chunk; what is left is behind still
    """
    until = merchant.local_date(now) + horizon
    ends_at = math.inf if seconds is None else time.monotonic() + seconds
    made = 0
    while found := _extend_chunk(merchant, until=until, chunk=chunk):
        made += sum(found)
        if time.monotonic() >= ends_at:
            break
    return made


@transaction.atomic
def _extend_chunk(merchant: Merchant, *, until: date, chunk: int) -> list[int]:
    """How many installments each plan that was behind got; none for one that turns out to have ended."""
    plans = list(
        Subscription.objects.open_ended_and_active()
        .filter(merchant=merchant, scheduled_until__lt=until)
        .select_for_update(skip_locked=True)
        .order_by("scheduled_until", "id")
        .only(*_RULE, *_PROGRESS)[:chunk]
    )
    terms = _terms_of(merchant, plans)
    found = [(plan, *_missing(plan, rules_of(plan, terms[plan.pk]), until)) for plan in plans]
    if found:
        dues = [_row(plan.pk, due.sequence, due.due_date, due.amount) for plan, made, _ in found for due in made]
        _execute(_INSERT, dues, merchant=merchant.pk)
        _execute(_ADVANCE, [_row(plan.pk, plan.last_sequence + len(made), day, ZERO) for plan, made, day in found])
    return [len(made) for _, made, _ in found]


def _terms_of(merchant: Merchant, plans: Sequence[Subscription]) -> dict[int, list[Term]]:
    terms: dict[int, list[Term]] = defaultdict(list)
    for term in Term.objects.filter(merchant=merchant, subscription__in=[plan.pk for plan in plans]):
        terms[term.subscription_id].append(term)
    return terms


def _missing(plan: Subscription, rules: Sequence[Rule], until: date) -> tuple[list[Due], date]:
    """The next installments, and the day up to which the plan is then complete."""
    after, ends_after, ends_on = plan.last_sequence, plan.ends_after, plan.ends_on
    dues = schedules.expected_dues(rules, until=until, ends_after=ends_after, ends_on=ends_on, after_sequence=after)
    made = list(islice(dues, _MOST_AT_ONCE))
    return made, schedules.scheduled_until(rules, after + len(made), ends_after=ends_after, ends_on=ends_on)


def _row(subscription_id: int, sequence: int, day: date, amount: Decimal) -> list[int | str]:
    return [subscription_id, sequence, day.isoformat(), to_thousandths(amount)]


def _execute(statement: str, rows: list[list[int | str]], **parameters: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(values=_VALUES[connection.vendor]), {"rows": json.dumps(rows), **parameters})
