"""A form sent twice at once: both are valid when they are looked at, and only one is done."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.admin.page_actions import Doer, PageAction
from billing.clock import database_now
from invoices.admin.payments.credit_actions import UseSurplus
from invoices.admin.payments.refund_actions import RequestRefund
from invoices.models import Payment
from invoices.services.surplus import AskedForMeanwhile, rest_of
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import take
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("act", "left"),
    [(RequestRefund(), "200"), (UseSurplus(), "100")],
    ids=["a refund below the limit", "a credit above it"],
)
def test_a_form_sent_twice_asks_once(act: PageAction, left: str) -> None:
    merchant = make_merchant(language="en", second_person_above=Decimal(30))
    payment = take(make_bill(merchant, amount=Decimal(100)), "100")
    Payment.objects.update(amount=Decimal(200), review_reason="OVERPAID")
    payment = Payment.objects.select_related("merchant").get()
    other = make_bill(merchant, amount=Decimal(80))
    doer = Doer(user=make_staff(merchant), now=database_now())
    amount = "20" if isinstance(act, RequestRefund) else "40"
    entries = {"amount": amount, "left": left, "reason": "x", "method": "CASH", "target": f"bill-{other.pk}"}
    first, second = (act.form(payment, entries) for _ in range(2))
    assert first.is_valid()
    assert second.is_valid()

    act.run(payment, values=first.cleaned_data, doer=doer)
    with pytest.raises(AskedForMeanwhile):
        act.run(payment, values=second.cleaned_data, doer=doer)
    page = signed_in(doer.user).post(f"/admin/invoices/payment/{payment.pk}/do/{act.name}/", entries)

    assert "since this page was opened" in str(page.context["form"].non_field_errors())
    assert rest_of(payment).surplus == Decimal(100) - Decimal(amount)
