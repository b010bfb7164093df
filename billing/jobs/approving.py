"""The second person, without whom a large job is not begun."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event, Job, JobApproval, User
from billing.services import record_event
from billing.services.second_persons import has_no_second_person
from billing.signals import job_started


class JobNotHeld(DomainError):
    code = "JOB_NOT_HELD"
    message = gettext_noop("This job does not wait for approval any more. Look at what became of it.")


class JobOfYourOwn(DomainError):
    code = "JOB_OF_YOUR_OWN"
    message = gettext_noop("A job of this size is approved by somebody else than who started it. Ask a colleague.")


@transaction.atomic
def approve_job(*, merchant_id: int, job_id: int, user: User, now: datetime) -> Job:
    """
    Let a held job begin; a second click changes nothing.

    :raises JobNotHeld: somebody was quicker, or it was stopped
    :raises JobOfYourOwn: who started it is no second person, unless nobody else could be it
    """
    job = Job.objects.select_for_update(of=("self",)).get(merchant_id=merchant_id, pk=job_id)
    if job.status != Job.Status.HELD:
        raise JobNotHeld
    is_own = job.created_by_id == user.pk
    if is_own and not has_no_second_person(merchant_id=merchant_id, user=user):
        raise JobOfYourOwn
    JobApproval.objects.create(merchant_id=merchant_id, job=job, approved_by=user, approved_at=now)
    job.status = Job.Status.QUEUED
    job.save(update_fields=["status"])
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=merchant_id,
        name="job_approved_alone" if is_own else "job_approved",
        actor=f"user:{user.pk}",
        reason=job.title,
    )
    transaction.on_commit(lambda: job_started.send(sender=Job))
    return job
