from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.instant_text import instant_text
from billing.models import Merchant
from invoices.models.invoice import Invoice


class GatewayCallback(models.Model):
    """Something that says it comes from the gateway: kept as it came, a reason to ask the gateway and nothing more."""

    class Kind(models.TextChoices):
        RETURN = "RETURN", _("Customer came back")
        WEBHOOK = "WEBHOOK", _("Webhook")

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        RESOLVED = "RESOLVED", _("Invoice found and asked about")
        IGNORED = "IGNORED", _("Meaningless")

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, verbose_name=_("merchant"), related_name="gateway_callbacks", db_index=False
    )
    watch_id = models.CharField(max_length=32)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    content_type = models.CharField(max_length=100, blank=True)
    payload = models.BinaryField()
    payload_digest = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    invoice = models.ForeignKey(Invoice, models.PROTECT, verbose_name=_("invoice"), null=True, related_name="callbacks")
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    received_at = models.DateTimeField(_("received"), db_default=Now())
    times_received = models.PositiveIntegerField(_("times received"), default=1)

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "payload_digest"], name="callback_is_kept_once"),
            models.UniqueConstraint(fields=["watch_id"], name="callback_watch_id_is_unique"),
        ]
        indexes = [
            models.Index(fields=["merchant", "id"], name="callback_listed"),
            models.Index(fields=["merchant", "next_attempt_at"], condition=Q(state="WAITING"), name="callback_waiting"),
            models.Index(
                fields=["received_at"], condition=Q(state="IGNORED", invoice__isnull=True), name="callback_to_forget"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {instant_text(self.received_at)}"
