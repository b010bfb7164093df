"""Two tabs of one person at the same moment: what is added up is decided under the customer's lock."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from billing.clock import database_now
from billing.models import Bill, Event, Merchant
from billing.services import cancel_bill, change_bill
from billing.services.deciding_alone import MoreThanAlone
from invoices.models import Refund
from invoices.services.refunds import request_refund
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import at_once, take
from tests.staff import make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def only_where_writers_run_side_by_side() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs writers one after another")


def test_what_is_decided_in_several_tabs_at_once_stays_below_the_limit_together() -> None:
    merchant = make_merchant(second_person_above=Decimal(30))
    user = make_staff(merchant)
    bills = [make_bill(merchant, amount=Decimal(20)) for _ in range(3)]
    payment = take(make_bill(merchant, amount=Decimal(50)), "50")
    doing = {"actor": f"user:{user.pk}", "now": database_now(), "reason": "x", "is_alone": True}

    def cancel(bill: Bill) -> None:
        cancel_bill(merchant_id=merchant.pk, bill_id=bill.pk, **doing)  # type: ignore[arg-type]

    def lower(bill: Bill) -> None:
        terms = {"amount": Decimal(1), "due_date": bill.due_date}
        change_bill(merchant_id=merchant.pk, bill_id=bill.pk, **terms, **doing)  # type: ignore[arg-type]

    def refund() -> None:
        asked = {"amount": Decimal(20), "method": Refund.Method.CASH, "reason": "x"}
        merchant_ = Merchant.objects.get()
        request_refund(merchant=merchant_, payment_id=payment.pk, user=user, now=database_now(), **asked)  # type: ignore[arg-type]

    failures = at_once(lambda: cancel(bills[0]), lambda: lower(bills[1]), lambda: cancel(bills[2]), refund)

    alone = Event.objects.filter(name="decided_alone")
    assert alone.count() == 1
    assert {type(failure) for failure in failures} == {MoreThanAlone}
    waits = Refund.objects.filter(status=Refund.Status.REQUESTED).count()
    assert len(failures) + waits == 3
    assert Refund.objects.count() == 1
