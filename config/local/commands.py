"""The processes of the local run."""

from __future__ import annotations

import sys

from config.local.ports import HOST


def preparation() -> list[str]:
    """Migrations, the demo merchant and the admin's login."""
    return [sys.executable, "manage.py", "prepare_local"]


def web(port: int) -> list[str]:
    """One process: the local database is SQLite, which has one writer at a time."""
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", "--no-control-socket"),
        *("--bind", f"{HOST}:{port}", "--workers", "1", "--threads", "8", "--graceful-timeout", "2"),
    ]


def worker() -> list[str]:
    """
    One worker for all queues with the beat in it, in one process.

    Threads, not the forked children of production: those would take 250 MB more. They add that the task of a
    killed child is delivered again; the lease in the database sees to that as well.
    """
    return [
        *(sys.executable, "-m", "celery", "-A", "config.local.worker", "worker"),
        *("--pool", "threads", "--concurrency", "4", "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
    ]
