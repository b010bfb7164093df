"""
What a plan has missed, and the brake: which due installments are invoiced by themselves, and which wait for a person.

A clock that jumps, a worker that stood still for months or a plan posted with old dates must not become a burst of
messages: a merchant chooses what becomes of missed periods, and no plan gets more than three invoices a day. Those that
followed a dead one by themselves count (`successors`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import connection

from billing.chunks import in_chunks
from billing.models import CatchUp, Event, Merchant
from billing.services.events import Line, record_lines
from invoices.services.generation.among_ids import AMONG, as_parameter
from subscriptions.missed import INVOICES_A_DAY, DueInstallment, Verdict, judge
from subscriptions.models import Installment, Subscription

_UNUSUAL: Final = """
    WITH renewed AS (
        SELECT installment.subscription_id, count(*) AS count FROM invoices_invoice AS invoice
        JOIN subscriptions_installment AS installment ON installment.id = invoice.installment_id
        WHERE invoice.merchant_id = %(merchant)s AND invoice.renewed_on = %(local_today)s
        GROUP BY installment.subscription_id
    )
    SELECT counted.subscription_id, issued_today + COALESCE(renewed.count, 0), due FROM (
        SELECT subscription_id,
            count(*) FILTER (WHERE invoiced_at >= %(midnight)s AND invoiced_at < %(next_midnight)s) AS issued_today,
            count(*) FILTER (WHERE status = 'SCHEDULED' AND hold = '' AND due_date <= %(until)s) AS due,
            count(*) FILTER (WHERE status = 'SCHEDULED' AND hold = '' AND due_date < %(today)s) AS missed
        FROM subscriptions_installment WHERE merchant_id = %(merchant)s AND subscription_id {among}
        GROUP BY subscription_id
    ) AS counted LEFT JOIN renewed ON renewed.subscription_id = counted.subscription_id
    WHERE missed > %(missed)s OR due + issued_today + COALESCE(renewed.count, 0) > %(a_day)s
"""


def sort_out(
    merchant: Merchant,
    due: dict[int, list[int]],
    *,
    today: date,
    until: date,
    now: datetime,
    is_rehearsal: bool = False,
) -> tuple[list[int], Verdict]:
    """
    Split what is due into what is issued now and the verdict on the plans that have missed or had too much.

    A plan is judged as a whole: where another worker holds a part of what is due of it, all of it is left for later.

    :param due: installment ids by subscription, locked by the caller unless this is a rehearsal
    :returns: all ids to issue, and the verdict whose other parts `apply_verdict` writes down
    """
    unusual = _count_unusual(merchant, list(due), today=today, until=until, now=now)
    verdict = Verdict()
    for plan in _plans(merchant, unusual, today=today, until=until, is_rehearsal=is_rehearsal) if unusual else ():
        one = judge(
            plan.due,
            catch_up=CatchUp(merchant.catch_up),
            catch_up_after=merchant.catch_up_after,
            has_an_end=plan.has_an_end,
            issued_today=plan.issued_today,
        )
        verdict.issue += one.issue
        verdict.skip += one.skip
        for reason, ids in one.hold.items():
            verdict.hold[reason] += ids
    usual = [each for subscription_id, ids in due.items() if subscription_id not in unusual for each in ids]
    return usual + verdict.issue, verdict


def apply_verdict(merchant: Merchant, verdict: Verdict, *, now: datetime) -> None:
    """Write down what is held, and why, and what is skipped; staff see both."""
    scheduled = Installment.objects.filter(merchant=merchant, status=Installment.Status.SCHEDULED)
    for reason, ids in verdict.hold.items():
        for some in in_chunks(ids):
            scheduled.filter(pk__in=some).update(hold=reason)
            _tell(merchant, some, "held", now=now, reason=reason)
    for some in in_chunks(verdict.skip):
        scheduled.filter(pk__in=some).update(status=Installment.Status.SKIPPED)
        _tell(merchant, some, "skipped", now=now, reason="CATCH_UP")


def release_early_holds(merchant: Merchant, *, until: date) -> int:
    """Forget the holds of installments that are not due at all: they were made while a clock was wrong."""
    held = Installment.objects.filter(merchant=merchant).exclude(hold="")
    return held.filter(status=Installment.Status.SCHEDULED, due_date__gt=until).update(hold="")


@dataclass(frozen=True, kw_only=True)
class _Plan:
    has_an_end: bool
    issued_today: int
    due: list[DueInstallment]


@dataclass(frozen=True)
class _Counts:
    issued_today: int
    due: int


def _plans(
    merchant: Merchant, counts: dict[int, _Counts], *, today: date, until: date, is_rehearsal: bool
) -> Iterator[_Plan]:
    """Locked, and only those nobody else holds any of. Never waits: the caller holds installments already."""
    plans = Subscription.objects.filter(merchant=merchant, pk__in=counts)
    due = Installment.objects.due_for_invoicing(until=until).filter(merchant=merchant, subscription__in=list(counts))
    if not is_rehearsal:
        plans = plans.select_for_update(no_key=True, skip_locked=True)
        due = due.select_for_update(of=("self",), skip_locked=True)
    types = dict(plans.values_list("pk", "type"))
    rows: dict[int, list[DueInstallment]] = defaultdict(list)
    for row in due.order_by("due_date", "id").only("subscription_id", "due_date"):
        rows[row.subscription_id].append(DueInstallment(id=row.pk, is_missed=row.due_date < today))
    for subscription_id, kind in types.items():
        if len(rows[subscription_id]) == counts[subscription_id].due:
            yield _Plan(
                has_an_end=kind != Subscription.Type.OPEN_ENDED,
                issued_today=counts[subscription_id].issued_today,
                due=rows[subscription_id],
            )


def _count_unusual(
    merchant: Merchant, subscription_ids: list[int], *, today: date, until: date, now: datetime
) -> dict[int, _Counts]:
    """
    The plans that have missed more, or would be invoiced more often today, than goes through unseen.

    SQL, because it looks at every plan of a month's run.
    """
    midnight = merchant.day_began(now)
    day, instant = connection.ops.adapt_datefield_value, connection.ops.adapt_datetimefield_value
    parameters = {
        "merchant": merchant.pk,
        "ids": as_parameter(subscription_ids),
        "today": day(today),
        "local_today": day(merchant.local_date(now)),
        "until": day(until),
        "midnight": instant(midnight.astimezone(UTC)),
        "next_midnight": instant((midnight + timedelta(days=1)).astimezone(UTC)),
        "missed": merchant.catch_up_after,
        "a_day": INVOICES_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNUSUAL.format(among=AMONG[connection.vendor]), parameters)
        return {subscription_id: _Counts(issued, due) for subscription_id, issued, due in cursor.fetchall()}


def _tell(merchant: Merchant, ids: Iterable[int], name: str, *, now: datetime, reason: str) -> None:
    lines = [Line(merchant.pk, installment_id, {"reason": reason}) for installment_id in ids]
    record_lines(lines, subject=Event.Subject.INSTALLMENT, name=name, actor="system", now=now)
