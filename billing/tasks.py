"""The ground's own Celery tasks. They carry no state: lost, late or twice, they do what the database has waiting."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from billing.access.letters import send_letters
from billing.clock import database_now
from billing.jobs.running import run_jobs


@shared_task
def sweep_jobs() -> None:
    """Work at the background jobs for a while; what is left then is woken again, after others had their turn."""
    if run_jobs(seconds=settings.JOB_TASK_SECONDS):
        sweep_jobs.delay()


@shared_task
def send_access_letters() -> None:
    """Invitations, and links to choose a new password."""
    send_letters(now=database_now())
