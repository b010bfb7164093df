"""Acting on all that a list shows: counted, confirmed, done in the background, each row with its outcome."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing.jobs.running import run_jobs
from billing.models import Bill, Job, JobApproval, JobRow, Membership, Merchant, Role
from invoices.models import Payment
from tests.factories import make_bill, make_merchant
from tests.invoices.admin.whole_list import ALL, act_on_all, answer, ask
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en", second_person_above=Decimal(1000))


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, username="owner"))


def test_the_question_counts_all_the_filter_finds_and_changes_nothing(merchant: Merchant, owner: Client) -> None:
    bills = [make_bill(merchant, service_type="Water") for _ in range(3)]
    Bill.objects.filter(pk=bills[0].pk).update(status="CANCELLED")

    page = owner.get(f"{ALL}/cancel/").content.decode()

    assert "3 rows" in page
    assert "2 rows can be done now." in page
    assert "451.500" in page
    assert "<dt>Sum</dt>" in page
    listed = owner.get("/admin/billing/bill/").content.decode()
    assert "still owed: " in listed
    assert "still owed: " in page
    assert not Job.objects.exists()


def test_all_that_was_confirmed_is_done_and_what_is_refused_says_why(merchant: Merchant, owner: Client) -> None:
    bills = [make_bill(merchant) for _ in range(3)]
    other = make_bill(merchant, service_type="Gas")
    Bill.objects.filter(pk=bills[0].pk).update(status="CANCELLED")

    page = act_on_all(owner, "cancel", "?due=overdue", reason="posted twice")
    Bill.objects.filter(pk=other.pk).update(service_type="Gas, changed")
    run_jobs(seconds=30)

    job = Job.objects.get()
    assert page.redirect_chain[-1][0] == f"/admin/billing/job/{job.pk}/change/"
    assert set(Bill.objects.values_list("status", flat=True)) == {"CANCELLED"}
    assert (job.status, job.row_count, job.done_count, job.refused_count) == ("DONE", 3, 3, 0)


def test_a_page_sent_twice_starts_one_job(merchant: Merchant, owner: Client) -> None:
    make_bill(merchant)

    form = ask(owner, "cancel") | {"reason": "x"}

    for _ in range(2):
        answer(owner, "cancel", **form)

    assert Job.objects.count() == 1


def test_marking_all_as_paid_records_what_each_owes_once(merchant: Merchant, owner: Client) -> None:
    for amount in ("10.000", "20.500"):
        make_bill(merchant, amount=Decimal(amount))

    for _ in range(2):
        act_on_all(owner, "mark-paid", method="TRANSFER", note="paid at the bank")
        run_jobs(seconds=30)

    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal("10.000"), Decimal("20.500")]
    assert set(Bill.objects.values_list("status", flat=True)) == {"PAID"}
    assert JobRow.objects.filter(status="REFUSED").count() == 2


def test_one_amount_for_all(merchant: Merchant, owner: Client) -> None:
    for _ in range(2):
        make_bill(merchant)

    act_on_all(owner, "amount", amount="99.250", reason="A mistake in the tariff")
    run_jobs(seconds=30)

    assert set(Bill.objects.values_list("amount", flat=True)) == {Decimal("99.250")}


def test_a_form_that_is_not_filled_in_starts_nothing(merchant: Merchant, owner: Client) -> None:
    make_bill(merchant)

    page = act_on_all(owner, "cancel", reason="")

    assert "This field is required" in page.content.decode()
    assert not Job.objects.exists()


def test_whoever_lost_the_right_meanwhile_changes_nothing(merchant: Merchant, owner: Client) -> None:
    make_bill(merchant)
    act_on_all(owner, "cancel", reason="x")

    Membership.objects.update(role=Role.VIEWER)
    run_jobs(seconds=30)

    assert Bill.objects.get().status == Bill.Status.PENDING
    assert JobRow.objects.get().status == JobRow.Status.REFUSED


def test_the_rows_of_two_merchants_are_not_mixed(merchant: Merchant) -> None:
    second = make_merchant("second")
    both = make_staff(merchant, username="both")
    Membership.objects.create(merchant=second, user=both, role=Role.OWNER)
    make_bill(merchant)
    make_bill(second)

    form = ask(signed_in(both), "cancel", f"?merchant={second.pk}") | {"reason": "x"}
    answer(signed_in(both), "cancel", **form)
    ticked = {"action": "mark-paid", "_selected_action": list(Bill.objects.values_list("pk", flat=True))}
    signed_in(both).post("/admin/billing/bill/", ticked | {"confirmed": "1", "method": "CASH", "note": "x"})
    assert not Job.objects.exists()
    assert not Payment.objects.exists()

    answer(signed_in(both), "cancel", f"?merchant={second.pk}", **form)
    assert Job.objects.get().merchant == second


def test_a_merchant_one_works_for_no_more_is_no_wider_list(merchant: Merchant) -> None:
    left = make_merchant("left")
    both = make_staff(merchant, username="both")
    membership = Membership.objects.create(merchant=left, user=both, role=Role.OWNER)
    for of in (merchant, merchant, merchant, left):
        make_bill(of)
    client, of_left = signed_in(both), f"?merchant={left.pk}"
    assert client.get(f"{ALL}/cancel/{of_left}").context["dry_run"].count == 1
    form = ask(client, "cancel", of_left) | {"reason": "x"}
    membership.delete()

    answer(client, "cancel", of_left, **form)

    assert not Job.objects.exists()
    assert client.get(f"/admin/billing/bill/{of_left}").context["cl"].result_count == 0
    assert client.get(f"/admin/billing/bill/?merchant={merchant.pk}").context["cl"].result_count == 3


def test_what_came_after_the_question_is_left_for_another_time(merchant: Merchant, owner: Client) -> None:
    told_of = make_bill(merchant)
    form = ask(owner, "mark-paid") | {"method": "CASH", "note": "x"}
    make_bill(merchant)

    answer(owner, "mark-paid", **form)

    assert list(JobRow.objects.values_list("target_id", flat=True)) == [told_of.pk]


def test_a_list_that_older_rows_came_into_is_asked_about_again(merchant: Merchant, owner: Client) -> None:
    came, _told_of = make_bill(merchant), make_bill(merchant)
    Bill.objects.filter(pk=came.pk).update(status="CANCELLED")
    form = ask(owner, "mark-paid", "?status=PENDING") | {"method": "CASH", "note": "x"}
    Bill.objects.filter(pk=came.pk).update(status="PENDING")

    again = answer(owner, "mark-paid", "?status=PENDING", **form)
    untold = answer(owner, "mark-paid", confirmed="1", method="CASH", note="x")

    for page in (again, untold):
        assert told(page) == ["The list has changed since you were asked. Look at it again."]
        assert page.context["dry_run"].count == 2
        assert "The list has changed" in page.content.decode()
    assert not Job.objects.exists()


def test_a_list_that_as_many_rows_left_as_came_into_is_asked_about_again(merchant: Merchant, owner: Client) -> None:
    came, left, _stayed = (make_bill(merchant) for _ in range(3))
    Bill.objects.filter(pk=came.pk).update(status="CANCELLED")
    form = ask(owner, "mark-paid", "?status=PENDING") | {"method": "CASH", "note": "x"}
    Bill.objects.filter(pk=came.pk).update(status="PENDING")
    Bill.objects.filter(pk=left.pk).update(status="CANCELLED")

    again = answer(owner, "mark-paid", "?status=PENDING", **form)

    assert told(again) == ["The list has changed since you were asked. Look at it again."]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "q=ـ", "q=َ", "q=%00", "q=a%00b", "q=a+b+c+d+e+f+g+h+i+j+k+l+m", f"q={'x' * 201}", "status=NOPE", "due=nope",
        "due_from=2030-02-31", "when_until=%00", "merchant=1%00", "customer=x", "promise=maybe",
        "due_from=٢٠٣٠-٠١-٠١", "q=Ahmad+b+c+d+e+f+Sara",
    ],
)  # fmt: skip
def test_nonsense_never_widens_a_list(query: str, merchant: Merchant, owner: Client) -> None:
    make_bill(merchant, customer_name="Ahmad b c d e f")

    page = owner.get(f"{ALL}/cancel/?{query}")

    assert page.context["dry_run"].count == 0


def test_a_list_that_cannot_be_found_is_not_acted_on(merchant: Merchant, owner: Client) -> None:
    page = owner.get("/admin/subscriptions/installment/all/mark-paid/?subscription=abc")

    assert (page.status_code, page["Location"]) == (302, "/admin/subscriptions/installment/")
    assert owner.get("/admin/subscriptions/installment/?subscription=%00").status_code == 400


def test_a_stranger_acts_on_nothing_and_sees_no_job(merchant: Merchant, owner: Client) -> None:
    make_bill(merchant)
    stranger = signed_in(make_staff(make_merchant("stranger"), username="stranger"))

    act_on_all(stranger, "cancel", reason="x")
    assert not Job.objects.exists()

    act_on_all(owner, "cancel", reason="x")
    job = Job.objects.get()
    for address in ("change/", "result.csv", "do/stop/"):
        assert stranger.get(f"/admin/billing/job/{job.pk}/{address}").status_code == 404


def test_the_result_names_every_row(merchant: Merchant, owner: Client) -> None:
    bill = make_bill(merchant)
    act_on_all(owner, "cancel", reason="x")
    run_jobs(seconds=30)

    job = Job.objects.get()
    page = owner.get(f"/admin/billing/job/{job.pk}/change/").content.decode()
    response = owner.get(f"/admin/billing/job/{job.pk}/result.csv")
    lines = b"".join(response).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]

    assert bill.billing_no in page
    assert lines[1].startswith(f"1,{bill.billing_no},Done,")
    assert response["Content-Disposition"] == f'attachment; filename="job-{job.pk}.csv"'


def test_a_page_of_a_job_under_way_looks_again_by_itself(merchant: Merchant, owner: Client) -> None:
    make_bill(merchant)
    page = act_on_all(owner, "cancel", reason="x")
    assert 'http-equiv="refresh"' in page.content.decode()

    run_jobs(seconds=30)

    assert 'http-equiv="refresh"' not in owner.get(page.redirect_chain[-1][0]).content.decode()


class TestMarkingMoreThanTheLimitAsPaid:
    """Two pairs of eyes; the same person twice is one pair."""

    @pytest.fixture
    def held(self, merchant: Merchant, owner: Client) -> Job:
        Merchant.objects.update(second_person_above=Decimal("30.500"))
        for amount in ("10.000", "20.501"):
            make_bill(merchant, amount=Decimal(amount))
        act_on_all(owner, "mark-paid", method="TRANSFER", note="paid at the bank")
        return Job.objects.get()

    @staticmethod
    def _approve(client: Client, job: Job) -> list[str]:
        return told(client.post(f"/admin/billing/job/{job.pk}/do/approve/", follow=True))

    def test_it_waits_and_says_over_how_much(self, held: Job) -> None:
        run_jobs(seconds=30)

        held.refresh_from_db()
        assert (held.status, held.done_count) == (Job.Status.HELD, 0)
        assert "JOD\u00a030.501" in held.title
        assert not Payment.objects.exists()

    def test_who_started_it_does_not_approve_it(self, merchant: Merchant, held: Job, owner: Client) -> None:
        make_staff(merchant, Role.MANAGER)

        (refused,) = self._approve(owner, held)
        run_jobs(seconds=30)

        assert refused.startswith("This is approved by somebody else")
        assert not JobApproval.objects.exists()
        assert not Payment.objects.exists()

    def test_after_another_persons_yes_it_is_done_in_the_starters_name(self, merchant: Merchant, held: Job) -> None:
        manager = signed_in(make_staff(merchant, Role.MANAGER))

        (approved,) = self._approve(manager, held)
        (refused,) = self._approve(manager, held)
        run_jobs(seconds=30)

        assert approved == "The job is approved and begins."
        assert refused.startswith("This job does not wait for approval any more.")
        assert JobApproval.objects.get().approved_by.username == "manager-razzbery"
        assert set(Payment.objects.values_list("recorded_by__username", flat=True)) == {"owner"}
        assert Bill.objects.filter(status="PAID").count() == 2

    def test_it_can_be_stopped_instead(self, held: Job, owner: Client, merchant: Merchant) -> None:
        owner.post(f"/admin/billing/job/{held.pk}/do/stop/")

        self._approve(signed_in(make_staff(merchant, Role.MANAGER)), held)
        run_jobs(seconds=30)

        held.refresh_from_db()
        assert held.status == Job.Status.STOPPED
        assert not Payment.objects.exists()

    def test_ticked_rows_are_no_way_round_it(self, held: Job, owner: Client) -> None:
        form = {"action": "mark-paid", "_selected_action": list(Bill.objects.values_list("pk", flat=True))}

        owner.post("/admin/billing/bill/", form | {"confirmed": "1", "method": "CASH", "note": "x"})
        run_jobs(seconds=30)

        assert list(Job.objects.values_list("status", flat=True)) == [Job.Status.HELD] * 2
        assert not Payment.objects.exists()

    def test_up_to_the_limit_one_person_is_enough(self, merchant: Merchant, owner: Client) -> None:
        Merchant.objects.update(second_person_above=Decimal("150.500"))
        make_bill(merchant)

        act_on_all(owner, "mark-paid", method="TRANSFER", note="paid at the bank")
        run_jobs(seconds=30)

        assert Bill.objects.get().status == Bill.Status.PAID
