"""The second person, without whom a large job is not begun."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event, Job, JobApproval, User
from billing.services import record_event
from billing.services.second_persons import approves_alone
from billing.signals import job_started


class JobNotHeld(DomainError):
    code = "JOB_NOT_HELD"
    message = gettext_noop("This job does not wait for approval any more. Look at what became of it.")


@transaction.atomic
def approve_job(*, merchant_id: int, job_id: int, user: User, now: datetime) -> Job:
    """
    Let a held job begin; a second click changes nothing.

    :raises JobNotHeld: somebody was quicker, or it was stopped
    :raises SecondPersonNeeded: it is one's own, and somebody else could approve it
    """
    job = Job.objects.select_for_update(of=("self",)).get(merchant_id=merchant_id, pk=job_id)
    if job.status != Job.Status.HELD:
        raise JobNotHeld
    is_alone = approves_alone(merchant_id=merchant_id, asked_by_id=job.created_by_id, user=user)
    JobApproval.objects.create(merchant_id=merchant_id, job=job, approved_by=user, approved_at=now)
    job.status = Job.Status.QUEUED
    job.save(update_fields=["status"])
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=merchant_id,
        name="job_approved_alone" if is_alone else "job_approved",
        actor=f"user:{user.pk}",
        reason=job.title,
    )
    transaction.on_commit(lambda: job_started.send_robust(Job), robust=True)
    return job
