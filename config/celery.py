"""`celery -A config worker`, and the timetable of the sweeps."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun
from django.conf import settings
from django.db import close_old_connections
from kombu import Queue

from config.broker import use_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

use_transport()
app = Celery("billing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["billing", "invoices"])

QUEUE_OF = {
    "issue_invoices": "issue",
    "issue_for_merchants": "issue",
    "sweep_pushes": "issue",
    "tidy": "issue",
    "compare_invoices": "issue",
    "push_invoices": "push",
    "sweep_errands": "enquire",
    "run_account_errands": "enquire",
    "sweep_callbacks": "notify",
    "send_receipts": "notify",
    "sweep_webhooks": "notify",
    "call_webhook": "notify",
    "sweep_reminders": "notify",
    "send_reminders": "notify",
    "audit": "notify",
    "count_figures": "notify",
    "match_statements": "notify",
}
_TASKS_BELOW = {"billing.tasks.sweep_jobs": "notify", "billing.tasks.send_access_letters": "notify"}
app.conf.task_queues = [Queue(name) for name in sorted(set(QUEUE_OF.values()))]
app.conf.task_routes = {f"invoices.tasks.{task}": {"queue": queue} for task, queue in QUEUE_OF.items()} | {
    task: {"queue": queue} for task, queue in _TASKS_BELOW.items()
}


def _every(seconds: float, task: str) -> dict[str, Any]:
    # A sweep that could not begin before the next one is due has nothing to add to it. Those of every few seconds wait
    # longer: while the workers are busy each would be dropped, and none ever run.
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 60)}}


def _timetable() -> dict[str, dict[str, Any]]:
    return {
        "issue": _every(settings.SWEEP_INTERVAL, "invoices.tasks.issue_invoices"),
        "push": _every(settings.SWEEP_INTERVAL, "invoices.tasks.sweep_pushes"),
        "errands": _every(settings.ERRAND_SWEEP_INTERVAL, "invoices.tasks.sweep_errands"),
        "callbacks": _every(settings.CALLBACK_SWEEP_INTERVAL, "invoices.tasks.sweep_callbacks"),
        "tidy": _every(settings.SWEEP_INTERVAL, "invoices.tasks.tidy"),
        "reminders": _every(settings.REMINDER_SWEEP_INTERVAL, "invoices.tasks.sweep_reminders"),
        "receipts": _every(settings.SWEEP_INTERVAL, "invoices.tasks.send_receipts"),
        "webhooks": _every(settings.WEBHOOK_SWEEP_INTERVAL, "invoices.tasks.sweep_webhooks"),
        "jobs": _every(settings.SWEEP_INTERVAL, "billing.tasks.sweep_jobs"),
        "letters": _every(settings.SWEEP_INTERVAL, "billing.tasks.send_access_letters"),
        "figures": _every(60, "invoices.tasks.count_figures"),
        "statements": _every(600, "invoices.tasks.match_statements"),
        "compare": _every(3600, "invoices.tasks.compare_invoices"),
        # Finds that it is due once a night; asked often, so that a night without a worker is made up for soon.
        "audit": _every(600, "invoices.tasks.audit"),
    }


@app.on_after_configure.connect
def _set_timetable(sender: Celery, **kwargs: Any) -> None:
    sender.conf.beat_schedule = _timetable()


@task_prerun.connect
def _drop_broken_connections(**kwargs: Any) -> None:
    # Between requests Django does it. Here a connection is kept, and a broken one would fail every task from then on.
    close_old_connections()
