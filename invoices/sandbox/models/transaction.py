from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.fields import MoneyField
from invoices.sandbox.models.invoice import SandboxInvoice, new_token


def new_payment_id() -> str:
    return str(10**17 + secrets.randbelow(9 * 10**17))


class SandboxTransaction(models.Model):
    """One try to pay. Two of one invoice may succeed, as from two tabs (reliability.md, C11)."""

    class Status(models.TextChoices):
        SUCCESSFUL = "SUCCESSFUL", "successful"
        FAILED = "FAILED", "failed"
        PENDING = "PENDING", "pending"

    invoice = models.ForeignKey(SandboxInvoice, models.CASCADE, related_name="transactions")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    payment_id = models.CharField(max_length=20, default=new_payment_id)
    amount = MoneyField()
    status = models.CharField(max_length=10, choices=Status)
    payment_type = models.CharField(max_length=40)
    paid_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "sandbox transaction"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="SUCCESSFUL", paid_at__isnull=False)
                | Q(paid_at__isnull=True) & ~Q(status="SUCCESSFUL"),
                name="sandbox_transaction_paid_at_says_successful",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.token}"
