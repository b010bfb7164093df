"""Subscriptions as merchants' systems read them: in the answers of the API, and in what webhooks tell."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billing.json_shapes import json_instant
from billing.money import as_json_number
from subscriptions.models import Subscription


def describe_subscription(subscription: Subscription) -> dict[str, Any]:
    """The documented keys, in the documented order."""
    return {
        "_id": subscription.public_id,
        "subscriptionNo": subscription.subscription_no,
        "subscriptionType": subscription.type,
        "customerName": subscription.customer_name,
        "customerPhone": subscription.customer_phone,
        "productName": subscription.product_name,
        "totalAmount": _number_or_null(subscription.total_amount),
        "monthlyPayment": _number_or_null(subscription.monthly_payment),
        "recurringAmount": _number_or_null(subscription.recurring_amount),
        "numberOfInstallments": subscription.number_of_installments,
        "status": subscription.status,
        "createdAt": json_instant(subscription.created_at),
    }


def _number_or_null(amount: Decimal | None) -> int | float | None:
    return None if amount is None else as_json_number(amount)
