"""Closing what is open, forgetting, and what has to be kept."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from billing.clock import database_now
from billing.models import Bill, Customer, Event, User
from billing.services import cancel_bill
from invoices.models import Invoice, Payment, Refund
from invoices.services.forgetting.forget import forget_customer
from subscriptions.models import Installment, Subscription
from tests.invoices.forgetting.signs import MARK


def close_everything(customer: Customer) -> None:
    for bill in customer.bills.filter(status="PENDING"):
        stated = {"merchant_id": customer.merchant_id, "bill_id": bill.pk, "actor": "user:1", "now": timezone.now()}
        cancel_bill(**stated, reason=f"{MARK} has moved")
    Subscription.objects.filter(customer=customer).update(status="CANCELLED")
    Installment.objects.filter(subscription__customer=customer).update(status="CANCELLED")
    Invoice.objects.filter(customer=customer).update(status="CANCELLED")


def forget(customer: Customer, user: User, **changed: Any) -> Customer:
    asked: dict[str, Any] = {"merchant_id": customer.merchant_id, "customer_id": customer.pk, "reason": "by letter"}
    return forget_customer(**asked | changed, user=user, now=database_now())


def books() -> list[Any]:
    """What has to be kept: numbers, amounts, days, states, what was sold, and what happened when."""
    events = Event.objects.exclude(name__in=["forgotten", "messages_stay_stopped"])
    return [
        *Bill.objects.order_by("pk").values_list("billing_no", "amount", "due_date", "status", "service_type"),
        *Subscription.objects.order_by("pk").values_list("subscription_no", "total_amount", "product_name", "status"),
        *Installment.objects.order_by("pk").values_list("sequence", "amount", "due_date", "status"),
        *Invoice.objects.order_by("pk").values_list("number", "reference", "amount", "status", "gateway_id"),
        *Payment.objects.order_by("pk").values_list("amount", "applied_amount", "receipt_no", "transaction_token"),
        *Refund.objects.order_by("pk").values_list("amount", "status", "requested_by"),
        *events.order_by("pk").values_list("subject", "subject_id", "name", "actor", "occurred_at"),
    ]
