"""The operations on subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_view

from billing.api.envelope import success_text
from billing.api.operations import DocumentedOperation
from billing.idempotency import Answer
from billing.models import Merchant
from subscriptions.api.commands import parse_new_subscription
from subscriptions.api.schema import ADD_SUBSCRIPTION
from subscriptions.json_shapes import describe_subscription
from subscriptions.services import create_subscription


@extend_schema_view(post=ADD_SUBSCRIPTION)
class AddSubscription(DocumentedOperation):
    endpoint = "subscriptions"
    failure_message = "An error occurred while creating the subscription"

    def limit_of(self, merchant: Merchant) -> int:
        return merchant.subscriptions_per_hour

    def create(self, merchant: Merchant, body: Mapping[str, Any], *, actor: str, now: datetime) -> Answer:
        new = parse_new_subscription(body, currency=merchant.currency)
        subscription = create_subscription(
            merchant=merchant, new=new, horizon=settings.OPEN_ENDED_HORIZON, actor=actor, now=now
        )
        return Answer(text=success_text("Subscription created successfully", describe_subscription(subscription)))
