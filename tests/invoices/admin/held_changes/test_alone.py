"""Who is the only one that could approve does so alone, which is told; and the home page tells what waits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing.jobs.running import run_jobs
from billing.models import Bill, Event, Job, JobApproval, Membership, Merchant, Role
from invoices.models import Credit, Payment, Refund
from tests.factories import make_bill
from tests.invoices.acts import take
from tests.invoices.admin.held_changes.lowering import amount_of, approve, lower
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db


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
