from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from invoices.sandbox.models.account import SandboxAccount
from invoices.sandbox.models.invoice import Channel, SandboxInvoice


class SandboxMessageQuerySet(models.QuerySet["SandboxMessage"]):
    def sent_to(self, phone: str) -> SandboxMessageQuerySet:
        """Messages about invoices whose customer's number holds these digits, e-mails and links too."""
        return self.filter(invoice__customer_phone__contains=phone)

    def newest_first(self) -> SandboxMessageQuerySet:
        return self.order_by("-pk")


class SandboxMessage(models.Model):
    """One thing a customer's phone shows, or (LINK) would show if somebody sent it."""

    class Kind(models.TextChoices):
        CREATE = "CREATE", "sent with the invoice"
        RESEND = "RESEND", "sent again"

    account = models.ForeignKey(SandboxAccount, models.CASCADE, related_name="messages")
    invoice = models.ForeignKey(SandboxInvoice, models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=10, choices=Channel)
    to = models.CharField(max_length=254)
    text = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CREATE)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SandboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "sandbox message"

    def __str__(self) -> str:
        return f"{self.channel} about {self.invoice_id}"
