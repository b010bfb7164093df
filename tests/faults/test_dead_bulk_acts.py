"""A worker killed in the middle of an act on a whole list: the next one goes on, and no row is acted on twice."""

from __future__ import annotations

import pytest

from billing.admin.acts.whole_lists import ACT
from billing.clock import database_now
from billing.jobs.starting import NewRow, start_job
from billing.models import Job, JobRow
from invoices.models import Invoice
from subscriptions.models import Installment
from tests.faults.office import Office
from tests.infrastructure.waiting import wait_until
from tests.staff import make_staff

pytestmark = pytest.mark.processes

DONE, UNSURE = JobRow.Status.DONE, JobRow.Status.UNSURE
# Where it dies, and what is known of the row it was at.
PLACES = {
    "between two rows": ("billing.jobs.running:_do_after_marking:after", DONE),
    "in a row that was acted on": ("invoices.services.issuing:issue_now:after", UNSURE),
}


def issue_whole_list(office: Office) -> Job:
    """As staff do it from the list of installments."""
    installments = Installment.objects.order_by("pk")
    return start_job(
        merchant=office.shop.merchant,
        kind=ACT,
        title="Issue now: installments",
        parameters={"model": "subscriptions.installment", "act": "issue-now", "form": "", "filter": ""},
        rows=[NewRow(target_id=each.pk, key=str(each)) for each in installments],
        created_by=make_staff(office.shop.merchant),
        now=database_now(),
    )


def survive_death_in_the_middle(office: Office, *, rows: int, place: str, patience: float) -> JobRow:
    """The row it died at."""
    office.make_due(rows, auto_generate_invoices=False)
    job = issue_whole_list(office)
    unlucky = job.rows.get(position=rows // 2)
    marks = {DONE: f", {unlucky.pk}, datetime.", UNSURE: repr(Installment.objects.get(pk=unlucky.target_id))}
    function, left = PLACES[place]

    office.worker(launcher=office.dying(function, when=marks[left]), concurrency=1)
    wait_until(lambda: office.deaths() == 1, patience, reason="a worker died in the middle")
    Job.objects.update(lease_until=database_now())

    wait_until(lambda: Job.objects.get().status == Job.Status.DONE, patience, interval=0.3, reason="the job is done")
    unlucky.refresh_from_db()
    assert unlucky.status == left
    assert set(job.rows.exclude(pk=unlucky.pk).values_list("status", flat=True)) == {DONE}
    assert Invoice.objects.values("installment").distinct().count() == Invoice.objects.count() == rows
    return unlucky


@pytest.mark.parametrize("place", PLACES)
def test_e2_an_act_on_a_whole_list_killed_half_way_is_gone_on_with_and_does_nothing_twice(
    office: Office, place: str
) -> None:
    survive_death_in_the_middle(office, rows=40, place=place, patience=60)

    office.wait_until_sent(40)
    office.assert_exactly(40)
