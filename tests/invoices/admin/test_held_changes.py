"""What lowers a debt says why, and above the merchant's limit waits for a second person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing.jobs.running import run_jobs
from billing.models import Bill, Event, Job, JobApproval, JobRow, Membership, Merchant, Role
from invoices.models import Credit, Payment, Refund
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import take
from tests.invoices.admin.whole_list import act_on_all
from tests.staff import make_staff, signed_in, told
from tests.subscriptions.admin.office import confirmed, rehearse, url_of

pytestmark = pytest.mark.django_db

WAITS = "Nothing is changed yet: it waits for somebody else's approval."


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en", second_person_above=Decimal(30))


@pytest.fixture
def manager(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.MANAGER))


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant))


@pytest.fixture
def bill(merchant: Merchant) -> Bill:
    return make_bill(merchant, amount=Decimal(100))


def lower(client: Client, bill: Bill, amount: str) -> Any:
    form = {"amount": amount, "due_date": bill.due_date.isoformat(), "reason": "The meter was misread"}
    return client.post(f"/admin/billing/bill/{bill.pk}/do/change-terms/", form | {"was": asked_for(bill)}, follow=True)


def asked_for(bill: Bill) -> str:
    """What the form shows as the bill's amount and day."""
    found = Bill.objects.get(pk=bill.pk)
    return f"{found.amount} {found.due_date}"


def approve(client: Client, job: Job) -> list[str]:
    return told(client.post(f"/admin/billing/job/{job.pk}/do/approve/", follow=True))


def amount_of(bill: Bill) -> Decimal:
    return Bill.objects.get(pk=bill.pk).amount


def test_a_bill_is_lowered_up_to_the_limit_by_one_person(bill: Bill, manager: Client, owner: Client) -> None:
    lower(manager, bill, "70")

    assert amount_of(bill) == Decimal(70)
    assert not Job.objects.exists()


def test_above_it_somebody_else_approves_who_reads_why(bill: Bill, manager: Client, owner: Client) -> None:
    page = lower(manager, bill, "69.999")

    job = Job.objects.get()
    assert told(page) == [WAITS]
    assert (
        job.title
        == f"Change amount or date: {bill.billing_no} · New amount: JOD\u00a069.999 · JOD\u00a030.001 less is owed"
    )
    assert "The meter was misread" in owner.get(f"/admin/billing/job/{job.pk}/change/").content.decode()
    run_jobs(seconds=30)
    assert amount_of(bill) == Decimal(100)
    (refused,) = approve(manager, job)
    assert refused.startswith("This is approved by somebody else")

    approve(owner, job)
    run_jobs(seconds=30)

    changed = Event.objects.get(name="bill_changed")
    assert amount_of(bill) == Decimal("69.999")
    assert (changed.details["reason"], changed.actor) == ("The meter was misread", f"user:{job.created_by_id}")
    assert list(Event.objects.filter(name__startswith="job_").order_by("pk").values_list("name", flat=True)) == [
        "job_held",
        "job_approved",
    ]


@pytest.mark.parametrize("meanwhile", [{"amount": Decimal(5000)}, {"due_date": date(2027, 1, 1)}])
def test_what_was_approved_is_not_done_to_a_bill_that_changed_meanwhile(
    bill: Bill, manager: Client, owner: Client, meanwhile: dict[str, Any]
) -> None:
    shown = asked_for(bill)
    lower(manager, bill, "60")
    Bill.objects.filter(pk=bill.pk).update(**meanwhile)

    approve(owner, Job.objects.get())
    run_jobs(seconds=30)
    late = {"amount": "99", "due_date": "2026-03-01", "reason": "x", "was": shown}
    page = manager.post(f"/admin/billing/bill/{bill.pk}/do/change-terms/", late)

    said = "The bill was changed since you looked, so nothing was done. Look at it again."
    assert JobRow.objects.get().status == JobRow.Status.REFUSED
    assert said in JobRow.objects.get().message
    assert page.context["form"].non_field_errors() == [said]
    assert Bill.objects.filter(pk=bill.pk, **{"amount": Decimal(100), **meanwhile}).exists()
    assert not Event.objects.filter(name="bill_changed").exists()


@pytest.mark.parametrize(
    ("act", "entries"),
    [("amount", {"amount": "60", "reason": "new price"}), ("mark-paid", {"method": "TRANSFER", "note": "at the bank"})],
)
def test_on_a_list_the_rows_that_changed_meanwhile_are_left_out(
    merchant: Merchant, bill: Bill, manager: Client, owner: Client, act: str, entries: dict[str, str]
) -> None:
    changed = make_bill(merchant, amount=Decimal(100))
    act_on_all(manager, act, **entries)
    Bill.objects.filter(pk=changed.pk).update(amount=Decimal(5000))

    approve(owner, Job.objects.get())
    run_jobs(seconds=30)

    statuses = dict(JobRow.objects.values_list("target_id", "status"))
    assert statuses == {bill.pk: JobRow.Status.DONE, changed.pk: JobRow.Status.REFUSED}
    changed.refresh_from_db()
    assert (changed.amount, changed.amount_paid) == (Decimal(5000), 0)
    assert Payment.objects.count() == (act == "mark-paid")


def test_the_same_page_sent_twice_asks_once(bill: Bill, manager: Client, owner: Client) -> None:
    form = {"amount": "1", "due_date": bill.due_date.isoformat(), "reason": "x", "csrfmiddlewaretoken": "of this page"}
    form["was"] = asked_for(bill)
    address = f"/admin/billing/bill/{bill.pk}/do/change-terms/"

    manager.post(address, form)
    again = manager.post(address, form, follow=True)

    assert Job.objects.count() == 1
    assert told(again)[-1].startswith("A change waits for approval here already.")


def test_raising_a_bill_or_moving_its_day_waits_for_nobody(bill: Bill, manager: Client, owner: Client) -> None:
    lower(manager, bill, "500")

    assert amount_of(bill) == Decimal(500)


def test_a_list_of_bills_waits_by_what_they_lose_together(
    merchant: Merchant, bill: Bill, manager: Client, owner: Client
) -> None:
    make_bill(merchant, amount=Decimal(80))
    act_on_all(manager, "amount", amount="75", reason="new price")
    assert Job.objects.get().status == Job.Status.QUEUED

    act_on_all(manager, "amount", amount="74.999", reason="new price")

    held = Job.objects.get(status=Job.Status.HELD)
    assert "JOD\u00a030.002 less is owed" in held.title


def test_a_waived_payment_says_why_and_waits(merchant: Merchant, manager: Client, owner: Client) -> None:
    plan = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE)
    unexplained = rehearse(manager, url_of(plan, "skip"), {"sequence": "3"})
    assert unexplained.context["form"].errors == {"reason": ["Say why less is owed than before."]}

    page = confirmed(manager, url_of(plan, "skip"), {"sequence": "3", "reason": "closed in March"})
    assert told(page) == [WAITS]
    assert not plan.installments.filter(status=Installment.Status.SKIPPED).exists()
    approve(owner, Job.objects.get())
    run_jobs(seconds=30)

    assert plan.installments.get(sequence=3).status == Installment.Status.SKIPPED
    assert Event.objects.get(name="skipped").details["reason"] == "closed in March"


@pytest.mark.parametrize("is_invoiced", [True, False])
def test_a_plan_without_an_end_is_not_lowered_from_its_last_payments_by_one_person(
    merchant: Merchant, manager: Client, owner: Client, is_invoiced: bool
) -> None:
    plan = make_subscription(merchant, Subscription.Type.OPEN_ENDED, recurring_amount=Decimal(500))
    if is_invoiced:
        plan.installments.update(status=Installment.Status.INVOICED, invoiced_at=plan.created_at)
    entries = {"amount": "1", "payment_day": "1", "interval": "MONTHLY", "reason": ""}
    entries["from_sequence"] = str(plan.last_sequence + is_invoiced)
    unexplained = rehearse(manager, url_of(plan, "terms"), entries)
    assert unexplained.context["form"].errors == {"reason": ["Say why less is owed than before."]}

    page = confirmed(manager, url_of(plan, "terms"), entries | {"reason": "moved to a flat"})

    lost = "5,988.000" if is_invoiced else "6,487.000"
    assert told(page) == [WAITS]
    assert Job.objects.get().title.endswith(f"JOD\u00a0{lost} less is owed · a year of later payments counted")
    assert not plan.terms.exists()
    approve(owner, Job.objects.get())
    run_jobs(seconds=30)
    assert plan.terms.get().amount == Decimal(1)


def test_no_end_that_is_given_and_taken_away_hides_what_later_payments_ask_for_less(
    merchant: Merchant, manager: Client, owner: Client
) -> None:
    plan = make_subscription(merchant, Subscription.Type.OPEN_ENDED, recurring_amount=Decimal(25))
    confirmed(manager, url_of(plan, "end"), {"ends_after": "1", "reason": "moves away"})
    entries = {"from_sequence": "1", "amount": "20", "payment_day": "1", "interval": "MONTHLY", "reason": "stays"}

    page = confirmed(manager, url_of(plan, "terms"), entries)
    confirmed(manager, url_of(plan, "end"), {"ends_after": "", "reason": ""})

    assert told(page) == [WAITS]
    assert Job.objects.get().title.endswith("JOD\u00a065.000 less is owed · a year of later payments counted")
    plan.refresh_from_db()
    assert plan.ends_after is None
    assert not plan.terms.exists()
    assert set(plan.installments.values_list("amount", flat=True)) == {Decimal(25)}


def test_a_plan_that_moved_meanwhile_is_left_as_it_is(merchant: Merchant, manager: Client, owner: Client) -> None:
    plan = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE)
    confirmed(manager, url_of(plan, "skip"), {"sequence": "3", "reason": "closed in March"})
    take(plan.installments.get(sequence=1), "300")

    approve(owner, Job.objects.get())
    run_jobs(seconds=30)

    job = Job.objects.get()
    assert (job.done_count, job.refused_count) == (0, 1)
    assert plan.installments.get(sequence=3).status == Installment.Status.SCHEDULED


def test_what_owes_as_much_as_before_needs_no_reason_and_no_second_person(
    merchant: Merchant, manager: Client, owner: Client
) -> None:
    plan = make_subscription(merchant)

    confirmed(manager, url_of(plan, "skip"), {"sequence": "4"})

    assert not Job.objects.exists()
    assert Event.objects.filter(name="skipped").exists()


def test_held_periods_are_waived_with_a_reason_after_a_second_persons_yes(
    merchant: Merchant, manager: Client, owner: Client
) -> None:
    plan = make_subscription(merchant, Subscription.Type.OPEN_ENDED, recurring_amount=Decimal(31))
    first = plan.installments.order_by("sequence")[0]
    Installment.objects.filter(pk=first.pk).update(hold=Installment.Hold.CATCH_UP)
    address = f"/admin/subscriptions/installment/{first.pk}/do/skip-held/"

    assert manager.post(address).context["form"].errors
    manager.post(address, {"reason": "paused by phone"})
    first.refresh_from_db()
    assert first.status == Installment.Status.SCHEDULED
    approve(owner, Job.objects.get())
    run_jobs(seconds=30)

    first.refresh_from_db()
    assert first.status == Installment.Status.SKIPPED
    assert Event.objects.get(name="skipped").details["reason"] == "paused by phone"


class TestAlone:
    def test_an_owner_without_colleagues_approves_their_own_and_that_is_told(self, bill: Bill, owner: Client) -> None:
        page = lower(owner, bill, "1")
        assert told(page) == ["Nothing is changed yet. Nobody else could approve it, so approve it yourself."]

        approve(owner, Job.objects.get())
        run_jobs(seconds=30)

        assert amount_of(bill) == Decimal(1)
        assert Event.objects.filter(name="job_approved_alone").count() == 1

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.OWNER])
    def test_a_colleague_who_may_approve_ends_it(self, role: Role, merchant: Merchant, bill: Bill) -> None:
        alone = signed_in(make_staff(merchant, username="first"))
        colleague = make_staff(merchant, role, username="second")
        lower(alone, bill, "1")

        (refused,) = approve(alone, Job.objects.get())
        assert refused.startswith("This is approved by somebody else")
        assert not JobApproval.objects.exists()

        colleague.is_active = False
        colleague.save(update_fields=["is_active"])
        assert approve(alone, Job.objects.get()) == ["The job is approved and begins."]

    def test_a_manager_without_colleagues_is_no_owner(self, bill: Bill, manager: Client) -> None:
        lower(manager, bill, "1")

        (refused,) = approve(manager, Job.objects.get())

        assert refused.startswith("This is approved by somebody else")
        assert amount_of(bill) == Decimal(100)

    def test_a_refund_approved_alone_is_found_by_the_filter(self, bill: Bill, owner: Client) -> None:
        payment = take(bill, "100")
        form = {"amount": "100", "method": "CASH", "reason": "moved away", "left": "100"}
        owner.post(f"/admin/invoices/payment/{payment.pk}/do/refund/", form)

        owner.post(f"/admin/invoices/refund/{Refund.objects.get().pk}/do/approve/")

        refund = Refund.objects.get()
        assert (refund.status, refund.approved_alone) == ("APPROVED", True)
        assert Event.objects.filter(name="refund_approved_alone").count() == 1
        assert list(owner.get("/admin/invoices/refund/?alone=yes").context["cl"].queryset) == [refund]
        assert "nobody else who could" in owner.get(f"/admin/invoices/refund/{refund.pk}/change/").content.decode()


class TestHome:
    def test_what_waits_is_told_with_its_sum_to_who_approves_and_who_watches(
        self, merchant: Merchant, bill: Bill, manager: Client, owner: Client
    ) -> None:
        payment = take(make_bill(merchant, amount=Decimal(10)), "10")
        Payment.objects.update(amount=Decimal(200), review_reason="OVERPAID")
        refund = {"amount": "50", "method": "CASH", "reason": "x", "left": "200"}
        credit = {"target": f"bill-{bill.pk}", "amount": "45", "reason": "x", "left": "140"}
        manager.post(f"/admin/invoices/payment/{payment.pk}/do/refund/", refund)
        manager.post(f"/admin/invoices/payment/{payment.pk}/do/credit/", credit)
        lower(manager, bill, "1")
        assert (Refund.objects.count(), Credit.objects.count(), Job.objects.count()) == (1, 1, 1)

        def told_to(client: Client) -> dict[str, tuple[int, str]]:
            figures = client.get("/admin/").context["attention"]
            return {str(each.title): (each.count, str(each.sums)) for each in figures if "approve" in str(each.title)}

        seen = told_to(owner)
        assert {title: count for title, (count, _sums) in seen.items()} == {
            "Refunds to approve": 1,
            "Credits to approve": 1,
            "Jobs to approve": 1,
        }
        assert "50.000" in seen["Refunds to approve"][1]
        assert "45.000" in seen["Credits to approve"][1]
        for role, sees in ((Role.AUDITOR, True), (Role.CLERK, False), (Role.CASHIER, False)):
            Membership.objects.filter(user__username="manager-razzbery").update(role=role)
            assert bool(told_to(manager)) == sees, role


class TestUsingASurplus:
    @pytest.fixture
    def payment(self, merchant: Merchant) -> Payment:
        payment = take(make_bill(merchant, amount=Decimal(10)), "10")
        Payment.objects.update(amount=Decimal(35), review_reason="OVERPAID")
        return payment

    def test_the_form_offers_what_the_same_customer_owes_and_nothing_else(
        self, merchant: Merchant, payment: Payment, bill: Bill, owner: Client
    ) -> None:
        make_bill(merchant, customer_phone="0777000000", service_type="of a neighbour")
        plan = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE)
        address = f"/admin/invoices/payment/{payment.pk}/do/credit/"

        form = owner.get(address).context["form"]

        offered = [code for code, _words in form.fields["target"].choices]
        assert set(offered) == {f"bill-{bill.pk}", *(f"installment-{each.pk}" for each in plan.installments.all())}
        assert offered[0] == f"installment-{plan.installments.get(sequence=1).pk}"
        assert form.initial["amount"] == Decimal("25.000")

    def test_it_is_used_once_and_shown_on_both_pages(self, payment: Payment, bill: Bill, owner: Client) -> None:
        address = f"/admin/invoices/payment/{payment.pk}/do/credit/"
        entries = {"target": f"bill-{bill.pk}", "amount": "10", "reason": "paid twice", "left": "25.000"}

        used = owner.post(address, entries, follow=True)
        again = owner.post(address, entries)

        assert told(used) == [f"JOD\u00a010.000 used for \u2068{bill.billing_no}\u2069."]
        assert "Something else was asked for" in str(again.context["form"].non_field_errors())
        assert Bill.objects.get(pk=bill.pk).amount_paid == Decimal(10)
        assert "Used for something else" in used.content.decode()

    def test_the_page_of_what_it_settled_says_so_in_no_more_queries_than_any(
        self,
        merchant: Merchant,
        payment: Payment,
        bill: Bill,
        owner: Client,
        django_assert_max_num_queries: Any,
    ) -> None:
        installment = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE).installments.get(sequence=1)
        entries = {"amount": "10", "reason": "paid twice"}
        for target, left in ((f"bill-{bill.pk}", "25"), (f"installment-{installment.pk}", "15")):
            owner.post(f"/admin/invoices/payment/{payment.pk}/do/credit/", entries | {"target": target, "left": left})
        pages = [f"billing/bill/{bill.pk}", f"subscriptions/installment/{installment.pk}"]

        for page in (*pages, f"invoices/payment/{payment.pk}"):
            owner.get(f"/admin/{page}/change/")  # kinds of rows are read once in a process
            with django_assert_max_num_queries(12):
                shown = owner.get(f"/admin/{page}/change/").content.decode()
            assert ("From overpayments" in shown) == (page in pages)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("target", "bill-0"), ("target", "merchant-1"), ("amount", "25.001"), ("amount", "0"), ("reason", "")],
    )
    def test_what_does_not_fit_is_said_and_nothing_is_used(
        self, payment: Payment, bill: Bill, owner: Client, field: str, value: str
    ) -> None:
        entries = {"target": f"bill-{bill.pk}", "amount": "10", "reason": "paid twice", "left": "25.000"}

        page = owner.post(f"/admin/invoices/payment/{payment.pk}/do/credit/", entries | {field: value}, follow=True)

        assert not Credit.objects.exists()
        if "form" in (page.context or {}):
            assert field in page.context["form"].errors
        else:
            assert told(page)[0].startswith("This is more than is left over")
