"""Every state of the payment page, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from billing.models import Bill, Merchant
from billing.services import cancel_bill
from invoices.models import GatewayAccount, GatewayCallback
from invoices.pages.states import State
from invoices.services.payables import Payable
from subscriptions.models import Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.pages.documents import change_invoice, owed_bill, page_of, paid, part_paid, take, today_of


def _partly_paid(merchant: Merchant) -> Bill:
    bill = part_paid(owed_bill(merchant), Decimal("50.500"))
    take(bill, "50.500", days_ago=3)
    return bill


def _paid(merchant: Merchant) -> Bill:
    bill = paid(owed_bill(merchant))
    take(bill, "150.500")
    return bill


def _upcoming(merchant: Merchant) -> Payable:
    return make_subscription(merchant).installments.order_by("-sequence")[0]


def _preparing(merchant: Merchant) -> Bill:
    return make_bill(merchant, due_date=today_of(merchant))


def _processing(merchant: Merchant) -> Bill:
    bill = owed_bill(merchant)
    GatewayCallback.objects.create(
        merchant=merchant,
        watch_id="a" * 32,
        kind="RETURN",
        payload=b"00",
        payload_digest="0" * 64,
        invoice=bill.invoices.get(),
        received_at=timezone.now(),
    )
    return bill


def _cancelled(merchant: Merchant) -> Bill:
    bill = owed_bill(merchant)
    return cancel_bill(
        merchant_id=merchant.pk, bill_id=bill.pk, reason="moved away", actor="system", now=timezone.now()
    )


def _expired(merchant: Merchant) -> Bill:
    bill = owed_bill(merchant, days=-40)
    change_invoice(bill, status="EXPIRED", expires_on=today_of(merchant) - timedelta(days=1))
    return bill


def _withdrawn(merchant: Merchant) -> Bill:
    bill = owed_bill(merchant)
    change_invoice(bill, status="CANCELLED", cancel_reason="BY_STAFF")
    return bill


def _unavailable(merchant: Merchant) -> Bill:
    bill = owed_bill(merchant)
    until = timezone.now() + timedelta(minutes=5)
    GatewayAccount.objects.filter(merchant=merchant).update(breaker_open_until=until, consecutive_failures=9)
    return bill


def _refunded(merchant: Merchant) -> Bill:
    bill = _paid(merchant)
    bill.amount_refunded = bill.amount_paid
    bill.save()
    return bill


MAKERS: dict[State, Callable[[Merchant], Payable]] = {
    State.OWED: owed_bill,
    State.OVERDUE: lambda merchant: owed_bill(merchant, days=-5),
    State.PARTLY_PAID: _partly_paid,
    State.UPCOMING: _upcoming,
    State.PREPARING: _preparing,
    State.PROCESSING: _processing,
    State.PAID: _paid,
    State.REFUNDED: _refunded,
    State.CANCELLED: _cancelled,
    State.EXPIRED: _expired,
    State.WITHDRAWN: _withdrawn,
    State.UNAVAILABLE: _unavailable,
}


def due_installment(merchant: Merchant) -> Payable:
    """The second of three, due today."""
    today = today_of(merchant)
    plan = make_subscription(
        merchant,
        Subscription.Type.CUSTOM_SCHEDULE,
        total_amount=Decimal("900.000"),
        custom_installments=tuple(
            (today + timedelta(days=days), Decimal("300.000"), f"Payment {days}") for days in (-30, 0, 30)
        ),
    )
    return plan.installments.get(sequence=2)


def replaced_link(merchant: Merchant) -> str:
    """The path of a link as it was before it was renewed."""
    bill = owed_bill(merchant)
    path = page_of(bill)
    Bill.objects.filter(pk=bill.pk).update(link_version=2)
    return path
