"""Stopping a job: its worker looks before every few rows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event, Job, User
from billing.services import record_event


class JobIsOver(DomainError):
    code = "JOB_IS_OVER"
    message = gettext_noop("This job is over: there is nothing left to stop.")


@transaction.atomic
def stop_job(*, merchant_id: int, job_id: int, user: User, now: datetime) -> Job:
    """
    Ask for it to be stopped; whoever works at it leaves its waiting rows alone. Asking twice changes nothing.

    :raises JobIsOver: it is done or was stopped
    """
    job = Job.objects.select_for_update(of=("self",)).get(merchant_id=merchant_id, pk=job_id)
    if job.is_over:
        raise JobIsOver
    if job.stop_requested_at is not None:
        return job
    job.stop_requested_at = now
    if job.status == Job.Status.HELD:
        # Nobody works at it, so nobody would see the wish.
        job.status, job.finished_at = Job.Status.STOPPED, now
    job.save(update_fields=["status", "stop_requested_at", "finished_at"])
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=merchant_id,
        name="job_stopped",
        actor=f"user:{user.pk}",
        reason=job.title,
    )
    return job
