"""Starting a job: its rows are written down as they were confirmed, before the first is touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event, Job, JobRow, Merchant, User
from billing.services import record_event
from billing.signals import job_started

MOST_ROWS: Final = 100_000
_ROWS_AT_ONCE: Final = 2_000


class NothingToDo(DomainError):
    code = "NOTHING_TO_DO"
    message = gettext_noop("There is no row to work on. Change the filter.")


class TooManyRows(DomainError):
    code = "TOO_MANY_ROWS"
    message = gettext_noop("That is more than 100,000 rows at once. Narrow the filter, and do it in parts.")


class StartedAlready(DomainError):
    code = "STARTED_ALREADY"
    message = gettext_noop("This was started already. Its progress is in the list of jobs.")


@dataclass(frozen=True, kw_only=True)
class NewRow:
    """:param key: what staff know the row by; :param values: JSON"""

    target_id: int | None = None
    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def start_job(
    *,
    merchant: Merchant,
    kind: str,
    title: str,
    rows: Iterable[NewRow],
    created_by: User,
    now: datetime,
    parameters: dict[str, Any] | None = None,
    fingerprint: str | None = None,
    waits_for_approval: bool = False,
) -> Job:
    """
    :param waits_for_approval: nothing is done before a second person has approved it (`billing.jobs.approving`)
    :param fingerprint: the same twice starts nothing twice, for ever
    :raises NothingToDo: there are no rows
    :raises TooManyRows: there are more than `MOST_ROWS`
    :raises StartedAlready: a job of this fingerprint exists
    """
    job = Job(
        merchant=merchant,
        kind=kind,
        title=title[:300],
        parameters=parameters or {},
        fingerprint=fingerprint,
        status=Job.Status.HELD if waits_for_approval else Job.Status.QUEUED,
        row_count=0,
        created_by=created_by,
        created_at=now,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError as taken:
        raise StartedAlready from taken
    job.row_count = _write_rows(job, rows)
    if job.row_count == 0:
        raise NothingToDo
    job.save(update_fields=["row_count"])
    if waits_for_approval:
        _record_held(job)
    transaction.on_commit(lambda: job_started.send_robust(Job), robust=True)
    return job


def _record_held(job: Job) -> None:
    record_event(
        merchant_id=job.merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=job.merchant_id,
        name="job_held",
        actor=f"user:{job.created_by_id}",
        reason=job.title,
    )


def _write_rows(job: Job, rows: Iterable[NewRow]) -> int:
    count = 0
    for chunk in _in_chunks(enumerate(rows, start=1)):
        count = chunk[-1][0]
        if count > MOST_ROWS:
            raise TooManyRows
        JobRow.objects.bulk_create(
            JobRow(
                job=job,
                merchant_id=job.merchant_id,
                position=position,
                target_id=row.target_id,
                key=row.key[:200],
                values=row.values,
            )
            for position, row in chunk
        )
    return count


def _in_chunks(rows: Iterable[tuple[int, NewRow]]) -> Iterator[list[tuple[int, NewRow]]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
        yield chunk
