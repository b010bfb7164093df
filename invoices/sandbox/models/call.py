from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from invoices.sandbox.models.account import SandboxAccount


class Operation(models.TextChoices):
    CREATE = "CREATE", "create"
    ENQUIRE = "ENQUIRE", "enquire"
    CANCEL = "CANCEL", "cancel"
    RESEND = "RESEND", "resend"
    REFUND = "REFUND", "refund"
    LOGIN = "LOGIN", "log in"


class SandboxCall(models.Model):
    """One call of a merchant, written on arrival, so that calls which never get an answer are counted too."""

    account = models.ForeignKey(SandboxAccount, models.CASCADE, null=True, related_name="calls")
    operation = models.CharField(max_length=10, choices=Operation)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    reference = models.CharField(max_length=200, blank=True, db_index=True)
    fault = models.CharField(max_length=30, blank=True)
    outcome = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "sandbox call"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
