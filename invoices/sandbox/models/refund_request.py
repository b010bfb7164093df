from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from billing.fields import MoneyField
from invoices.sandbox.models.transaction import SandboxTransaction


class SandboxRefundRequest(models.Model):
    """A refund somebody asked for. A person at the gateway would decide; nothing else changes (gateway.md)."""

    transaction = models.ForeignKey(SandboxTransaction, models.CASCADE, related_name="refund_requests")
    amount = MoneyField()
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "sandbox refund request"

    def __str__(self) -> str:
        return f"{self.amount} of {self.transaction_id}"
