"""The Celery application of the local run: its beat is a thread, not another process of 80 MB."""

from __future__ import annotations

from typing import Any

from celery.beat import EmbeddedService
from celery.signals import worker_ready

from config.celery import app
from config.local import places

__all__ = ["app"]


@worker_ready.connect
def start_beat(**_: Any) -> None:
    beat: Any = EmbeddedService(app, thread=True, schedule_filename=str(places.BEAT_SCHEDULE))
    beat.start()
