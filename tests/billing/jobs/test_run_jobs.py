"""Jobs: each row once, whoever dies, and however many work at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from billing.clock import database_now
from billing.errors import DomainError
from billing.jobs import kinds
from billing.jobs.approving import approve_job
from billing.jobs.kinds import JobKind, add_kind, kind_of
from billing.jobs.running import claim_job, do_row, jobs_to_do, run_jobs
from billing.jobs.starting import NewRow, NothingToDo, StartedAlready, start_job
from billing.jobs.stopping import JobIsOver, stop_job
from billing.models import Event, Job, JobRow, Merchant, User
from billing.services import record_event
from billing.signals import job_started
from tests.factories import make_merchant
from tests.staff import make_staff

pytestmark = pytest.mark.django_db

Status = JobRow.Status


class Odd(DomainError):
    message = "Odd rows are refused."


def _note(job: Job, row: JobRow, now: datetime) -> str:
    """Writes an event, and refuses every third row after it has written."""
    record_event(
        merchant_id=job.merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=row.position,
        name="noted",
        actor="system",
    )
    if row.values.get("odd"):
        raise Odd
    if row.values.get("broken"):
        raise ZeroDivisionError
    return f"noted {row.key}"


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    before = dict(kinds._KINDS)
    add_kind(JobKind(code="NOTE", do=_note))
    add_kind(JobKind(code="CALL", do=_note, is_transactional=False))
    yield
    kinds._KINDS.clear()
    kinds._KINDS.update(before)


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en")


def _start(
    merchant: Merchant,
    *rows: NewRow,
    kind: str = "NOTE",
    fingerprint: str | None = None,
    waits_for_approval: bool = False,
) -> Job:
    user = make_staff(merchant, username=f"starter-{Job.objects.count()}")
    return start_job(
        merchant=merchant,
        kind=kind,
        title="Notes",
        rows=rows,
        created_by=user,
        now=timezone.now(),
        fingerprint=fingerprint,
        waits_for_approval=waits_for_approval,
    )


def _rows(count: int) -> list[NewRow]:
    return [NewRow(key=f"row {n}") for n in range(1, count + 1)]


def _noted() -> list[int]:
    return list(Event.objects.filter(name="noted").order_by("subject_id").values_list("subject_id", flat=True))


def test_every_row_is_done_once_and_says_what_became_of_it(merchant: Merchant) -> None:
    job = _start(merchant, NewRow(key="a"), NewRow(key="b", values={"odd": True}), NewRow(key="c"))

    assert run_jobs(seconds=10) is False

    job.refresh_from_db()
    assert (job.status, job.done_count, job.refused_count, job.percent) == (Job.Status.DONE, 2, 1, 100)
    assert list(job.rows.order_by("position").values_list("status", "message")) == [
        (Status.DONE, "noted a"),
        (Status.REFUSED, "Odd rows are refused."),
        (Status.DONE, "noted c"),
    ]
    assert _noted() == [1, 3]  # what the refused row had written is gone


def test_a_row_that_breaks_does_not_stop_the_others(merchant: Merchant) -> None:
    job = _start(merchant, NewRow(values={"broken": True}), NewRow(key="b"))

    run_jobs(seconds=10)

    assert list(job.rows.order_by("position").values_list("status", flat=True)) == [Status.REFUSED, Status.DONE]
    assert _noted() == [2]


def test_of_a_row_that_calls_others_and_breaks_nobody_says_that_nothing_was_changed(merchant: Merchant) -> None:
    job = _start(merchant, NewRow(values={"broken": True}), NewRow(key="b"), kind="CALL")

    run_jobs(seconds=10)

    broken, done = job.rows.order_by("position")
    assert (broken.status, done.status, _noted()) == (Status.UNSURE, Status.DONE, [1, 2])
    assert broken.message == "Something unexpected went wrong in the middle of this row. Look whether it was done."


@pytest.mark.parametrize(("starters", "told"), [("ar", "لم يتغيّر شيء"), ("", "Nothing was changed")])
def test_what_became_of_a_row_is_said_in_the_language_of_whoever_started_the_job(
    starters: str, told: str, merchant: Merchant
) -> None:
    job = _start(merchant, NewRow(values={"broken": True}))
    User.objects.update(language=starters)

    run_jobs(seconds=10)

    assert told in job.rows.get().message


def test_a_wake_up_that_fails_takes_no_started_job_back(merchant: Merchant) -> None:
    def fail(**_kwargs: object) -> None:
        raise ConnectionError

    job_started.connect(fail)
    try:
        with TestCase.captureOnCommitCallbacks(execute=True):
            held = _start(merchant, *_rows(1), waits_for_approval=True)
        with TestCase.captureOnCommitCallbacks(execute=True):
            approve_job(merchant_id=merchant.pk, job_id=held.pk, user=held.created_by, now=timezone.now())
    finally:
        job_started.disconnect(fail)

    assert Job.objects.get().status == Job.Status.QUEUED


def test_a_job_whose_worker_died_is_gone_on_with_where_it_stood(merchant: Merchant) -> None:
    job = _start(merchant, *_rows(4))
    dead = claim_job(now=database_now())
    assert dead is not None
    do_row(dead, kind_of(dead), row_id=job.rows.get(position=1).pk, now=database_now())
    assert not jobs_to_do(now=database_now()).exists()

    Job.objects.update(lease_until=database_now() - timedelta(seconds=1))
    run_jobs(seconds=10)

    job.refresh_from_db()
    assert (job.status, job.done_count, _noted()) == (Job.Status.DONE, 4, [1, 2, 3, 4])


def test_a_row_that_calls_others_is_not_begun_again_after_a_death(merchant: Merchant) -> None:
    job = _start(merchant, *_rows(2), kind="CALL")
    JobRow.objects.filter(job=job, position=1).update(status=Status.STARTED)

    run_jobs(seconds=10)

    job.refresh_from_db()
    assert list(job.rows.order_by("position").values_list("status", flat=True)) == [Status.UNSURE, Status.DONE]
    assert (_noted(), job.refused_count) == ([2], 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["NOTE", "CALL"])
def test_two_workers_at_one_job_do_no_row_twice(merchant: Merchant, kind: str) -> None:
    job = _start(merchant, *_rows(20), kind=kind)
    ids = list(job.rows.order_by("position").values_list("pk", flat=True))
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait(10)
            for row_id in ids:
                do_row(job, kind_of(job), row_id=row_id, now=database_now())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert _noted() == list(range(1, 21))


def test_a_stopped_job_leaves_its_waiting_rows_alone(merchant: Merchant) -> None:
    job = _start(merchant, *_rows(3))
    stop_job(merchant_id=merchant.pk, job_id=job.pk, user=job.created_by, now=timezone.now())

    run_jobs(seconds=10)

    job.refresh_from_db()
    assert (job.status, job.done_count, _noted()) == (Job.Status.STOPPED, 0, [])
    with pytest.raises(JobIsOver):
        stop_job(merchant_id=merchant.pk, job_id=job.pk, user=job.created_by, now=timezone.now())


def test_jobs_take_turns(merchant: Merchant) -> None:
    early, late = _start(merchant, *_rows(1)), _start(merchant, *_rows(1))
    Job.objects.filter(pk=early.pk).update(worked_at=database_now())

    claimed = claim_job(now=database_now())

    assert claimed is not None
    assert claimed.pk == late.pk


def test_the_same_fingerprint_is_started_once(merchant: Merchant) -> None:
    _start(merchant, *_rows(1), fingerprint="f" * 64)

    with pytest.raises(StartedAlready):
        _start(merchant, *_rows(1), fingerprint="f" * 64)

    assert (Job.objects.count(), JobRow.objects.count()) == (1, 1)


def test_a_job_without_rows_is_refused(merchant: Merchant) -> None:
    with pytest.raises(NothingToDo):
        _start(merchant)

    assert not Job.objects.exists()


def test_a_job_of_an_unknown_kind_is_looked_at_once_a_lease_and_no_other_waits_for_it(
    merchant: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    unknown, known = _start(merchant, *_rows(1), kind="OF TOMORROW"), _start(merchant, *_rows(1))

    for _ in range(2):
        assert run_jobs(seconds=10) is False

    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    known.refresh_from_db()
    assert known.status == Job.Status.DONE
    Job.objects.filter(pk=unknown.pk).update(lease_until=database_now() - timedelta(seconds=1))
    assert jobs_to_do(now=database_now()).get() == unknown
