"""What a person can be known again by, and the columns that hold it."""

from __future__ import annotations

import json
from typing import Final

from django.apps import apps
from django.db import models

MARK: Final = "recognisable"
PHONE, FORMER = "0791234599", "0795432188"
# Every way in which the person could be known again.
SIGNS: Final = (MARK, "791234599", "795432188", "9876501234")
# What keeps the signs of somebody, as the test plants them; what a search with SIGNS finds must be these.
HOLDERS: Final = {
    "AuditDifference.problem",
    "Bill.customer_email",
    "Bill.customer_name",
    "Bill.customer_phone",
    "Bill.description",
    "Bill.notes",
    "Credit.reason",
    "Customer.address",
    "Customer.email",
    "Customer.name",
    "Customer.national_id",
    "Customer.phone",
    "Customer.search_name",
    "DeliveryAttempt.detail",
    "Enquiry.detail",
    "Event.details",
    "GatewayCallback.payload",
    "GatewayCallback.problem",
    "IdempotencyKey.answer",
    "ImportFile.content",
    "Installment.description",
    "Invoice.customer_email",
    "Invoice.customer_name",
    "Invoice.customer_phone",
    "Invoice.description",
    "Invoice.gateway_answer",
    "Invoice.gateway_url",
    "Invoice.problem",
    "Job.parameters",
    "Job.title",
    "JobRow.key",
    "JobRow.values",
    "Payment.note",
    "ReceiptEmail.address",
    "ReceiptEmail.detail",
    "Refund.reason",
    "Reminder.detail",
    "Shift.note",
    "Subscription.customer_email",
    "Subscription.customer_name",
    "Subscription.customer_phone",
    "Subscription.description",
    "Subscription.notes",
    "WebhookAttempt.detail",
    "WebhookDelivery.body",
    "WebhookDelivery.detail",
}


def columns_with(*signs: str) -> set[str]:
    """Every text, JSON and binary column of every table that holds one of these, in any spelling of its letters."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.GeneratedField)
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, kinds):
                values = model._base_manager.values_list(field.attname, flat=True)
                if any(sign in _text(value) for value in values for sign in signs):
                    found.add(f"{model.__name__}.{field.name}")
    return found


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace").lower()
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)).lower()
