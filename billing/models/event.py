from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.instant_text import instant_text
from billing.models.merchant import Merchant


class Event(models.Model):
    """One line of a document's timeline: what happened, when, and through whom. Only ever added."""

    class Subject(models.TextChoices):
        MERCHANT = "MERCHANT", _("Merchant")
        API_KEY = "API_KEY", _("API key")
        CUSTOMER = "CUSTOMER", _("Customer")
        BILL = "BILL", _("Bill")
        SUBSCRIPTION = "SUBSCRIPTION", _("Subscription")
        INSTALLMENT = "INSTALLMENT", _("Installment")
        INVOICE = "INVOICE", _("Invoice")
        PAYMENT = "PAYMENT", _("Payment")
        GATEWAY_ACCOUNT = "GATEWAY_ACCOUNT", _("Gateway account")
        WEBHOOK = "WEBHOOK", _("Webhook")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="events", db_index=False
    )
    subject = models.CharField(_("subject"), max_length=16, choices=Subject)
    subject_id = models.BigIntegerField(_("subject's id"))
    name = models.CharField(_("event"), max_length=40)
    actor = models.CharField(_("through"), max_length=64)
    details = models.JSONField(_("details"), default=dict)
    occurred_at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["merchant", "subject", "subject_id"], name="event_by_subject"),
            models.Index(fields=["merchant", "id"], name="event_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} · {instant_text(self.occurred_at)}"
