"""Each night's audit is kept: every difference counted, the first of each rule stored, old ones forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from billing.clock import database_now
from invoices.models import AuditDifference, AuditRun
from invoices.services import auditing
from invoices.services.auditing import audit_is_due, forget_old_differences, record_audit
from invoices.tasks import audit
from subscriptions.models import Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.differences import find_differences

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)


def a_run(*, started_at: datetime, is_finished: bool = True) -> AuditRun:
    return AuditRun.objects.create(started_at=started_at, finished_at=started_at if is_finished else None)


def test_a_clean_book_is_recorded_with_its_counts() -> None:
    merchant = make_merchant()
    make_bill(merchant)
    make_subscription(merchant)

    run = record_audit(now=database_now())

    run.refresh_from_db()
    assert (run.periods, run.documents, run.differences_found) == (12, 2, 0)
    assert run.finished_at is not None
    assert run.finished_at >= run.started_at
    assert not run.differences.exists()


def test_what_it_finds_is_stored_with_its_merchant_and_row_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    merchant, other = make_merchant("first"), make_merchant("second")
    make_bill(merchant)
    wrong = make_subscription(other)
    Subscription.objects.update(last_sequence=13)

    run = record_audit(now=database_now())

    assert run.differences_found == 1
    (difference,) = run.differences.all()
    assert (difference.merchant, difference.subject, difference.subject_id) == (other, "Subscription", wrong.pk)
    assert difference.invariant == "I4"
    assert difference.problem == "installments are missing from its sequence · 13"
    assert [(one.levelname, one.getMessage()) for one in caplog.records if one.name == auditing.__name__] == [
        ("ERROR", "the audit found 1 differences: manage.py billing_audit names them")
    ]


def test_of_a_ruined_book_all_is_counted_and_a_part_stored() -> None:
    many = auditing.MOST_KEPT_OF_A_RULE + 5
    plan = make_subscription(make_merchant())
    strangers = [make_merchant(f"stranger-{number}") for number in range(many)]
    for stranger in strangers:
        plan.terms.create(
            merchant=stranger, from_sequence=1, anchor_date=plan.anchor_date, interval="MONTHLY", amount=1
        )

    run = record_audit(now=database_now())

    assert run.differences_found == many
    assert run.differences.count() == auditing.MOST_KEPT_OF_A_RULE


def test_two_audits_beside_each_other_find_the_same() -> None:
    make_subscription(make_merchant())
    Subscription.objects.update(last_sequence=13)
    now = database_now()

    runs = [record_audit(now=now), record_audit(now=now)]

    assert [run.differences_found for run in runs] == [1, 1]
    assert len(find_differences(now=now)) == 1


@pytest.mark.parametrize(
    ("hours", "is_finished", "at_hour", "expected"),
    [
        (-1, True, 1, True),
        (0, True, 23, False),
        (0, True, 25, True),
        (1, False, 2, False),
        (1, False, 5, True),
    ],
    ids=["yesterday's", "tonight's", "the next night", "under way", "died"],
)
def test_one_audit_a_night_is_due_and_one_that_died_is_made_up_for(
    hours: int, is_finished: bool, at_hour: int, expected: bool
) -> None:
    a_run(started_at=MIDNIGHT + timedelta(hours=hours), is_finished=is_finished)

    assert audit_is_due(now=MIDNIGHT + timedelta(hours=at_hour)) is expected


def test_the_task_runs_it_once_a_night() -> None:
    audit()
    audit()

    assert AuditRun.objects.count() == 1


def test_old_differences_are_forgotten_and_their_count_is_kept() -> None:
    now = database_now()
    for days in (89, 91):
        run = a_run(started_at=now - timedelta(days=days))
        AuditRun.objects.filter(pk=run.pk).update(differences_found=1)
        AuditDifference.objects.create(run=run, invariant="I3", subject="Bill", subject_id=1, problem="x")

    assert forget_old_differences(now=now) == 1

    assert list(AuditRun.objects.values_list("differences_found", flat=True)) == [1, 1]
    assert [each.run.started_at for each in AuditDifference.objects.all()] == [now - timedelta(days=89)]
