from __future__ import annotations

import secrets
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing.fields import MoneyField
from invoices.sandbox.models.account import SandboxAccount


class Channel(models.TextChoices):
    SMS = "SMS", "SMS"
    WHATSAPP = "WHATSAPP", "WhatsApp"
    EMAIL = "EMAIL", "E-mail"
    LINK = "LINK", "Link"


class InvoiceStatus(models.IntegerChoices):
    """The gateway's own numbers (gateway.md, Creating an invoice)."""

    UNPAID = 0, "unpaid"
    PAID = 1, "paid"
    CANCELLED = 3, "cancelled"


class SandboxInvoiceQuerySet(models.QuerySet["SandboxInvoice"]):
    def newest_first(self) -> SandboxInvoiceQuerySet:
        return self.order_by("-pk")

    def matching(self, text: str) -> SandboxInvoiceQuerySet:
        """Those with the text anywhere in reference, name or number, as the gateway's search does it."""
        return self.filter(
            Q(reference_number__icontains=text) | Q(customer_name__icontains=text) | Q(customer_phone__icontains=text)
        )

    def count_visit(self) -> None:
        self.update(visited_count=F("visited_count") + 1)


def new_token() -> str:
    return secrets.token_hex(16)


class SandboxInvoice(models.Model):
    """What a merchant asked for. The same reference may come again: the real gateway does not mind either."""

    account = models.ForeignKey(SandboxAccount, models.CASCADE, related_name="invoices")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    access_key = models.CharField(max_length=40, default=new_token)
    url = models.CharField(max_length=500)
    reference_number = models.CharField(max_length=200, blank=True, db_index=True)
    amount = MoneyField()
    status = models.PositiveSmallIntegerField(choices=InvoiceStatus, default=InvoiceStatus.UNPAID)
    channel = models.CharField(max_length=10, choices=Channel)
    customer_name = models.CharField(max_length=500)
    customer_phone = models.CharField(max_length=30)
    customer_email = models.CharField(max_length=254, blank=True)
    description = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="en")
    payload = models.JSONField()
    webhook_url = models.CharField(max_length=500, blank=True)
    expires_at = models.DateField()
    visited_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SandboxInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "sandbox invoice"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="sandbox_invoice_asks_for_something"),
            models.CheckConstraint(
                condition=Q(status__in=InvoiceStatus.values), name="sandbox_invoice_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.reference_number or self.token

    def is_expired(self, *, today: date) -> bool:
        return self.status == InvoiceStatus.UNPAID and self.expires_at < today

    def is_payable(self, *, today: date) -> bool:
        return self.status == InvoiceStatus.UNPAID and not self.is_expired(today=today)
