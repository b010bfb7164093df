from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.instant_text import instant_text
from billing.models import Merchant
from invoices.models.gateway_account import GatewayAccount
from invoices.models.invoice import Invoice


class DeliveryAttempt(models.Model):
    """One call that could change something at the gateway: written before it is made, completed after."""

    class Action(models.TextChoices):
        CREATE = "CREATE", _("Create")
        RESEND = "RESEND", _("Send again")
        CANCEL = "CANCEL", _("Cancel")

    class Outcome(models.TextChoices):
        STARTED = "STARTED", _("Started")
        DONE = "DONE", _("Done")
        NOT_SENT = "NOT_SENT", _("Not sent")
        REFUSED = "REFUSED", _("Refused")
        UNKNOWN = "UNKNOWN", _("Outcome unknown")

    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, verbose_name=_("invoice"), related_name="delivery_attempts")
    gateway_account = models.ForeignKey(
        GatewayAccount, models.PROTECT, verbose_name=_("gateway account"), related_name="+", db_index=False
    )
    action = models.CharField(_("action"), max_length=6, choices=Action)
    channel = models.CharField(_("channel"), max_length=8)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.STARTED)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        indexes = [models.Index(fields=["merchant", "id"], name="delivery_attempt_listed")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {instant_text(self.started_at)}"
