from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.instant_text import instant_text
from billing.models import Merchant
from invoices.models.gateway_account import GatewayAccount
from invoices.models.invoice import Invoice


class Enquiry(models.Model):
    """What the gateway itself said of an invoice when asked: the only evidence a payment is believed on."""

    class Finding(models.TextChoices):
        NOT_FOUND = "NOT_FOUND", _("Not found")
        UNPAID = "UNPAID", _("Not paid")
        PAID = "PAID", _("Paid")
        CANCELLED = "CANCELLED", _("Cancelled")
        CONTRADICTION = "CONTRADICTION", _("Contradicts our record")

    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, verbose_name=_("invoice"), related_name="enquiries")
    gateway_account = models.ForeignKey(
        GatewayAccount, models.PROTECT, verbose_name=_("gateway account"), related_name="+", db_index=False
    )
    finding = models.CharField(_("finding"), max_length=13, choices=Finding)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    amount = MoneyField(_("amount"), null=True)
    merchant_code = models.CharField(_("merchant code"), max_length=40)
    transaction_token = models.CharField(_("transaction"), max_length=200, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        indexes = [models.Index(fields=["merchant", "id"], name="enquiry_listed")]

    def __str__(self) -> str:
        return f"{self.get_finding_display()} · {instant_text(self.asked_at)}"
