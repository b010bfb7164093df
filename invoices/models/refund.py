from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models import Merchant, User
from billing.money_text import format_money
from invoices.models.payment import Payment


class Refund(models.Model):
    """
    Money of a payment on its way back to the customer.

    `settled_amount` is the part that had settled the bill or installment; the rest is money that had settled nothing.
    """

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("Waits for approval")
        APPROVED = "APPROVED", _("Approved, not paid out yet")
        DONE = "DONE", _("Given back")
        REJECTED = "REJECTED", _("Rejected")

    class Method(models.TextChoices):
        GATEWAY = "GATEWAY", _("At the gateway")
        CASH = "CASH", _("Cash")
        TRANSFER = "TRANSFER", _("Bank transfer")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="refunds", db_index=False
    )
    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name=_("payment"), related_name="refunds")
    amount = MoneyField(_("amount"))
    settled_amount = MoneyField(_("of what was settled"))
    method = models.CharField(_("method"), max_length=8, choices=Method)
    status = models.CharField(_("status"), max_length=9, choices=Status)
    reason = models.CharField(_("reason"), max_length=300)
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    needs_second_person = models.BooleanField(_("needs a second person"))
    # Nobody else could have approved it.
    approved_alone = models.BooleanField(_("approved alone"), default=False, db_default=False)
    requested_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("requested by"), related_name="+")
    requested_at = models.DateTimeField(_("requested"))
    decided_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("decided by"), null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    done_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("given back by"), null=True, related_name="+")
    done_at = models.DateTimeField(_("given back"), null=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(settled_amount__gte=0, settled_amount__lte=F("amount")),
                name="refund_takes_back_at_most_itself",
            ),
            models.CheckConstraint(
                condition=Q(status="REQUESTED", decided_by=None, decided_at=None)
                | ~Q(status="REQUESTED") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="refund_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status="DONE", done_by__isnull=False, done_at__isnull=False)
                | ~Q(status="DONE") & Q(done_by=None, done_at=None),
                name="refund_is_given_back_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(needs_second_person=False)
                | Q(approved_alone=True)
                | Q(status__in=["REQUESTED", "REJECTED"])
                | ~Q(decided_by=F("requested_by")),
                name="refund_is_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="DONE") | Q(method="CASH") | ~Q(reference=""), name="refund_outside_has_a_reference"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "status", "id"], name="refund_by_status")]

    def __str__(self) -> str:
        return format_money(self.amount, self.payment.currency, get_language() or "en")
