"""
Wake-ups: what happens in a request shortens the wait for the next sweep, without the request waiting for the broker.

A request only raises a flag. One thread per process publishes, and coalesces: a thousand bills in a second are a few
messages, because the task they wake drains everything that is due. A wake-up that is lost costs at most one sweep
interval.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any, Final

from celery import Task

from billing.signals import bill_created, installments_due, job_started, payable_changed

logger = logging.getLogger(__name__)

_PAUSE_BETWEEN_MESSAGES: Final = 0.25  # seconds


class Waker:
    """Publishes a task soon after `wake()`, from a thread of its own, at most a few times a second."""

    def __init__(self) -> None:
        self._wanted: set[Task[Any, Any]] = set()
        self._changed = threading.Event()
        self._guard = threading.Lock()
        self._process: int | None = None

    def wake(self, task: Task[Any, Any]) -> None:
        """Return at once, whatever the broker does."""
        with self._guard:
            self._wanted.add(task)
            if self._process != os.getpid():  # first use, or first since this process was forked
                self._process = os.getpid()
                self._changed = threading.Event()
                threading.Thread(target=self._publish_forever, daemon=True, name="wake-ups").start()
        self._changed.set()

    def _publish_forever(self) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            with self._guard:
                wanted, self._wanted = self._wanted, set()
            for task in wanted:
                _publish(task)
            time.sleep(_PAUSE_BETWEEN_MESSAGES)


def _publish(task: Task[Any, Any]) -> None:
    try:
        task.apply_async()
    except Exception as failure:  # a loop's edge; the sweep does the work all the same
        logger.warning("no wake-up for %s: %s", task.name, type(failure).__name__)


waker = Waker()


def listen() -> None:
    """Connect to what the layers below announce. Called once, when the application starts."""
    from billing.tasks import sweep_jobs
    from invoices import tasks

    def issue(**kwargs: Any) -> None:
        waker.wake(tasks.issue_invoices)

    def tidy(**kwargs: Any) -> None:
        waker.wake(tasks.tidy)

    for signal in (bill_created, installments_due):
        signal.connect(issue, weak=False, dispatch_uid="invoices.wake_ups")

    def work(**kwargs: Any) -> None:
        waker.wake(sweep_jobs)

    job_started.connect(work, weak=False, dispatch_uid="invoices.wake_ups")
    payable_changed.connect(tidy, weak=False, dispatch_uid="invoices.wake_ups")


def wake_reminders() -> None:
    from invoices import tasks

    waker.wake(tasks.sweep_reminders)


def wake_callbacks() -> None:
    from invoices import tasks

    waker.wake(tasks.sweep_callbacks)
