"""The audit of every night: run, kept for whoever looks, forgotten in time."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from billing.clock import database_now
from billing.models import Bill
from invoices.audit.difference import Difference
from invoices.audit.run import differences
from invoices.models import AuditDifference, AuditRun, Invoice
from subscriptions.models import Installment, Subscription

logger = logging.getLogger(__name__)

# A ruined book shall not fill the table; one kind of difference shall not crowd out the others.
MOST_KEPT_OF_A_RULE: Final = 200
KEPT_FOR: Final = timedelta(days=90)
# A run that has not ended by then died with its worker.
GIVEN_UP_AFTER: Final = timedelta(hours=3)


def audit_is_due(*, now: datetime) -> bool:
    """Once a night, from midnight UTC on, which is three in Amman; again where the night's run has died."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    is_alive = Q(finished_at__isnull=False) | Q(started_at__gt=now - GIVEN_UP_AFTER)
    return not AuditRun.objects.filter(is_alive, started_at__gte=midnight).exists()


def record_audit(*, now: datetime) -> AuditRun:
    """
    Run all checks and keep what they find: every difference is counted, the first of each rule are stored.

    Safe beside itself, as it only reads the book. A run that dies keeps no end: it is shown as unfinished.
    """
    run = AuditRun.objects.create(
        started_at=now,
        periods=Installment.objects.count(),
        documents=Bill.objects.count() + Subscription.objects.count() + Invoice.objects.count(),
    )
    found, kept = _collect(now)
    _finish(run, found, kept)
    if found:
        logger.error("the audit found %s differences: manage.py billing_audit names them", found)
    return run


def _collect(now: datetime) -> tuple[int, list[Difference]]:
    found: Counter[str] = Counter()
    kept: list[Difference] = []
    for difference in differences(now=now):
        found[difference.invariant] += 1
        if found[difference.invariant] <= MOST_KEPT_OF_A_RULE:
            kept.append(difference)
    return found.total(), kept


@transaction.atomic
def _finish(run: AuditRun, found: int, kept: list[Difference]) -> None:
    AuditDifference.objects.bulk_create([_row(run, each) for each in kept], batch_size=500)
    run.differences_found, run.finished_at = found, database_now()
    run.save(update_fields=["differences_found", "finished_at"])


def _row(run: AuditRun, difference: Difference) -> AuditDifference:
    return AuditDifference(
        run=run,
        merchant_id=difference.merchant_id,
        invariant=difference.invariant,
        subject=difference.subject,
        subject_id=difference.subject_id,
        problem=difference.text[:500],
    )


def forget_old_differences(*, now: datetime) -> int:
    """Of old runs only the counts are kept; how many differences went."""
    forgotten, _ = AuditDifference.objects.filter(run__started_at__lt=now - KEPT_FOR).delete()
    return forgotten
