"""
Working jobs off. A worker leases a job, does some of its rows, and gives others their turn.

A worker that dies leaves its lease to run out, and another goes on. Two at one job do no row twice: each row is
locked while it is done, or marked as started before.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing.clock import database_now
from billing.errors import DomainError
from billing.jobs.kinds import JobKind, UnknownKind, kind_of
from billing.models import Job, JobRow

logger = logging.getLogger(__name__)

Status = JobRow.Status
_LEASE: Final = timedelta(seconds=60)
_TURN: Final = 5.0  # seconds at one job while others wait
_ROWS_AT_ONCE: Final = 50
_TO_DO: Final = (Job.Status.QUEUED, Job.Status.RUNNING)


def run_jobs(*, seconds: float) -> bool:
    """Work for about so long; whether something is left to do."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = claim_job(now=database_now())
        if job is None:
            return False
        try:
            kind = kind_of(job)
        except UnknownKind:
            # Its lease is left to run out: released, it would be claimed again at once.
            logger.error("job %s: nobody here knows its kind %s", job.pk, job.kind)
            continue
        try:
            _take_turn(job, kind, until=min(until, time.monotonic() + _TURN))
        finally:
            _release(job)
    return jobs_to_do(now=database_now()).exists()


def jobs_to_do(*, now: datetime) -> QuerySet[Job]:
    """Those nobody is working at."""
    return Job.objects.filter(status__in=_TO_DO).filter(Q(lease_until=None) | Q(lease_until__lt=now))


@transaction.atomic
def claim_job(*, now: datetime) -> Job | None:
    """The one that has waited longest since its last turn, leased; None when there is none."""
    waiting = jobs_to_do(now=now).order_by(F("worked_at").asc(nulls_first=True), "id")
    job = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if job is None:
        return None
    job.status = Job.Status.RUNNING
    job.lease_id = uuid.uuid4()
    job.lease_until = now + _LEASE
    job.worked_at = now
    job.save(update_fields=["status", "lease_id", "lease_until", "worked_at"])
    return job


def _take_turn(job: Job, kind: JobKind, *, until: float) -> None:
    with override(job.created_by.language or job.merchant.language):
        while time.monotonic() < until and _renew_lease(job):
            rows = list(
                job.rows.filter(status__in=[Status.WAITING, Status.STARTED]).order_by("position")[:_ROWS_AT_ONCE]
            )
            if not rows:
                _tell_done(job, kind)
                _finish(job, Job.Status.DONE)
                return
            if not _do_together(job, kind, rows, now=database_now()):
                _do_each(job, kind, rows, until=until)


def _do_together(job: Job, kind: JobKind, rows: Sequence[JobRow], *, now: datetime) -> bool:
    """Whether all that wait were done, in one transaction; else nothing was changed."""
    if kind.do_together is None:
        return False
    try:
        with transaction.atomic():
            waiting = job.rows.select_for_update().filter(pk__in=[row.pk for row in rows], status=Status.WAITING)
            locked = list(waiting.order_by("position"))
            messages = kind.do_together(job, locked, now)
            for row, message in zip(locked, messages, strict=True):
                row.status, row.message = Status.DONE, message[:500]
            JobRow.objects.bulk_update(locked, ["status", "message", "target_id"])
    except Exception as failure:  # whatever it is: each row by itself will say it
        logger.info("job %s: %s rows are done one by one: %s", job.pk, len(rows), type(failure).__name__)
        return False
    return bool(locked)


def _do_each(job: Job, kind: JobKind, rows: Sequence[JobRow], *, until: float) -> None:
    for row in rows:
        do_row(job, kind, row_id=row.pk, now=database_now())
        if time.monotonic() >= until:
            break


def _tell_done(job: Job, kind: JobKind) -> None:
    try:
        kind.when_done(job)
    except Exception:  # the rows are done all the same
        logger.exception("job %s: what follows its rows failed", job.pk)


def _renew_lease(job: Job) -> bool:
    """Whether the job is still this worker's, and wanted."""
    now = database_now()
    held = Job.objects.filter(pk=job.pk, lease_id=job.lease_id)
    if not held.update(lease_until=now + _LEASE):
        return False
    if held.filter(stop_requested_at__isnull=False).exists():
        _finish(job, Job.Status.STOPPED)
        return False
    return True


def do_row(job: Job, kind: JobKind, *, row_id: int, now: datetime) -> None:
    """Do one row, unless it was done meanwhile. Whatever goes wrong with it is written at the row."""
    if kind.is_transactional:
        _do_in_one_transaction(job, kind, row_id, now)
    else:
        _do_after_marking(job, kind, row_id, now)


def _do_in_one_transaction(job: Job, kind: JobKind, row_id: int, now: datetime) -> None:
    with transaction.atomic():
        row = JobRow.objects.select_for_update().filter(pk=row_id, status=Status.WAITING).first()
        if row is not None:
            row.status, row.message = _outcome(job, kind, row, now)
            row.save(update_fields=["status", "message", "target_id"])


def _do_after_marking(job: Job, kind: JobKind, row_id: int, now: datetime) -> None:
    unsettled = JobRow.objects.filter(pk=row_id)
    is_mine = unsettled.filter(status=Status.WAITING).update(status=Status.STARTED) == 1
    row = JobRow.objects.get(pk=row_id)
    if is_mine or (kind.is_repeatable and row.status == Status.STARTED):
        status, message = _outcome(job, kind, row, now)
        # Also where another took this worker for dead meanwhile.
        unsettled.update(status=status, message=message)
    else:
        message = _("The work stopped in the middle of this row.")
        unsettled.filter(status=Status.STARTED).update(status=Status.UNSURE, message=message)


def _outcome(job: Job, kind: JobKind, row: JobRow, now: datetime) -> tuple[str, str]:
    try:
        if not kind.is_transactional:
            return Status.DONE, kind.do(job, row, now)[:500]
        with transaction.atomic():
            return Status.DONE, kind.do(job, row, now)[:500]
    except DomainError as refusal:
        reason = str(refusal.details.get("reason", ""))
        status = Status.UNSURE if refusal.leaves_doubt else Status.REFUSED
        return status, " ".join(filter(None, [_(refusal.message), reason]))[:500]
    except Exception:  # one row's trouble is not another's
        logger.exception("job %s, row %s", job.pk, row.position)
        if kind.is_transactional:
            return Status.REFUSED, _("Something unexpected went wrong with this row. Nothing was changed.")
        told = _("Something unexpected went wrong in the middle of this row. Look whether it was done.")
        return Status.UNSURE, told


def _count(job: Job) -> None:
    counts = job.rows.aggregate(
        done=Count("pk", filter=Q(status=Status.DONE)),
        refused=Count("pk", filter=Q(status__in=[Status.REFUSED, Status.UNSURE])),
    )
    Job.objects.filter(pk=job.pk).update(done_count=counts["done"], refused_count=counts["refused"])


def _finish(job: Job, status: Job.Status) -> None:
    Job.objects.filter(pk=job.pk, lease_id=job.lease_id).update(status=status, finished_at=database_now())


def _release(job: Job) -> None:
    _count(job)
    Job.objects.filter(pk=job.pk, lease_id=job.lease_id).update(lease_id=None, lease_until=None)
