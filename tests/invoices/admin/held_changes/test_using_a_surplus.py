"""The form that uses what was paid too much for something else of the same customer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing.models import Bill, Merchant
from invoices.models import Credit, Payment
from subscriptions.models import Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import take
from tests.staff import told

pytestmark = pytest.mark.django_db


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
