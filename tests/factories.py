"""What tests start from: plain functions over the services, defaulting to the documents' own examples."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.models import Bill, Merchant
from billing.services import NewBill, create_bill, issue_api_key
from subscriptions.models import Subscription
from subscriptions.services import NewSubscription, create_subscription

ACTOR = "system"
HORIZON = timedelta(days=92)


def make_merchant(username: str = "razzbery", **kwargs: Any) -> Merchant:
    return Merchant.objects.create(**{"username": username, "name_en": "Razzbery Solutions"} | kwargs)


def make_api_key(merchant: Merchant, *, now: datetime | None = None, **kwargs: Any) -> str:
    """The plaintext of a new key of this merchant."""
    _, plaintext = issue_api_key(merchant=merchant, actor=ACTOR, now=now or timezone.now(), **kwargs)
    return plaintext


def make_bill(merchant: Merchant, *, now: datetime | None = None, **kwargs: Any) -> Bill:
    """:param kwargs: fields of NewBill"""
    stated: dict[str, Any] = {
        "customer_name": "Razzbery Solutions",
        "customer_phone": "0777839071",
        "customer_email": "info@razzbery.com",
        "service_type": "Water Bill",
        "amount": Decimal("150.500"),
        "due_date": date(2025, 12, 31),
    }
    return create_bill(merchant=merchant, new=NewBill(**stated | kwargs), actor=ACTOR, now=now or timezone.now())


def make_subscription(
    merchant: Merchant,
    type: Subscription.Type = Subscription.Type.FIXED_MONTHLY,
    *,
    now: datetime | None = None,
    horizon: timedelta = HORIZON,
    **kwargs: Any,
) -> Subscription:
    """:param kwargs: fields of NewSubscription; what the type needs has a default"""
    stated: dict[str, Any] = {
        "type": type,
        "customer_name": "Razzbery Solutions",
        "customer_phone": "0777839071",
        "customer_email": "info@razzbery.com",
        "product_name": "iPhone 15 Pro Max",
    }
    new = NewSubscription(**stated | _AMOUNTS[type] | kwargs)
    return create_subscription(merchant=merchant, new=new, horizon=horizon, actor=ACTOR, now=now or timezone.now())


_AMOUNTS: dict[Subscription.Type, dict[str, Any]] = {
    Subscription.Type.FIXED_MONTHLY: {
        "total_amount": Decimal("1200.000"),
        "monthly_payment": Decimal("100.000"),
        "payment_day": 5,
    },
    Subscription.Type.CUSTOM_SCHEDULE: {
        "total_amount": Decimal("900.000"),
        "custom_installments": (
            (date(2025, 12, 10), Decimal("300.000"), "First payment"),
            (date(2026, 3, 10), Decimal("300.000"), "Second payment"),
            (date(2026, 6, 10), Decimal("300.000"), "Final payment"),
        ),
    },
    Subscription.Type.OPEN_ENDED: {"recurring_amount": Decimal("25.000"), "payment_day": 1},
}
