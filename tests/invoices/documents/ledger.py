"""Bills, plans and payments that documents are printed of."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.models import Bill, Merchant
from invoices.models import Payment, Refund
from invoices.services.refunds import complete_refund, request_refund
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import take
from tests.staff import make_staff

AMMAN = ZoneInfo("Asia/Amman")


def part_paid_bill(shop: Merchant, **kwargs: Any) -> tuple[Bill, Payment]:
    """Over 1,150.500, of which 150.250 were taken in cash."""
    stated = {"customer_name": "ليلى حداد", "customer_phone": "0777839071", "amount": Decimal("1150.500")}
    bill = make_bill(shop, **stated | {"due_date": date(2027, 3, 5)} | kwargs)
    payment = take(bill, "150.250")
    bill.refresh_from_db()
    return bill, payment


def paid_plan(shop: Merchant) -> Subscription:
    """Three installments of 300, all taken in cash."""
    plan = make_subscription(
        shop,
        Subscription.Type.CUSTOM_SCHEDULE,
        customer_name="Omar Haddad",
        now=datetime(2025, 12, 1, 12, tzinfo=AMMAN),
    )
    for installment in Installment.objects.filter(subscription=plan).order_by("sequence"):
        take(installment, "300")
    plan.refresh_from_db()
    return plan


def give_back(payment: Payment, amount: str, *when: int) -> Refund:
    """In cash and at once, by somebody who may; on that day of the merchant's, or now."""
    merchant, now = payment.merchant, datetime(*when, tzinfo=AMMAN) if when else datetime.now(AMMAN)  # type: ignore[arg-type, misc]
    merchant.second_person_above = Decimal(10_000)
    user = make_staff(merchant, username=f"refunds-{Refund.objects.count()}")
    asked = request_refund(
        merchant=merchant,
        payment_id=payment.pk,
        amount=Decimal(amount),
        method=Refund.Method.CASH,
        reason="not wanted",
        user=user,
        now=now,
    )
    return complete_refund(merchant_id=merchant.pk, refund_id=asked.pk, reference="", user=user, now=now)
