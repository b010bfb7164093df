from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models import Merchant
from invoices.models.payment import Payment


class ReceiptEmail(models.Model):
    """The receipt of a payment on its way to the customer: written down with the payment, sent by a sweep."""

    class Status(models.TextChoices):
        DUE = "DUE", _("To be sent")
        CLAIMED = "CLAIMED", _("Being sent")
        SENT = "SENT", _("Sent")
        NOT_SENT = "NOT_SENT", _("Not sent")
        UNKNOWN = "UNKNOWN", _("Outcome unknown")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="receipt_emails", db_index=False
    )
    payment = models.OneToOneField(Payment, models.PROTECT, verbose_name=_("payment"), related_name="receipt_email")
    address = models.CharField(_("e-mail"), max_length=254)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DUE)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    due_at = models.DateTimeField(_("due"))
    claimed_at = models.DateTimeField(_("claimed"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("receipt by e-mail")
        verbose_name_plural = _("receipts by e-mail")
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="DUE"), name="receipt_email_due"),
            models.Index(fields=["merchant", "id"], name="receipt_email_listed"),
            models.Index(fields=["claimed_at"], condition=Q(status="CLAIMED"), name="receipt_email_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.payment} · {self.get_status_display()}"
