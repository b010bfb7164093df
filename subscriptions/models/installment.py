from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models import Merchant
from billing.money import ZERO
from subscriptions.models.subscription import Subscription


class InstallmentQuerySet(models.QuerySet["Installment"]):
    def due_for_invoicing(self, *, until: date) -> InstallmentQuerySet:
        """Never invoiced nor held, due on or before that day, of active plans that invoice by themselves."""
        return self.filter(
            status=Installment.Status.SCHEDULED,
            hold="",
            due_date__lte=until,
            subscription__status=Subscription.Status.ACTIVE,
            subscription__auto_generate_invoices=True,
        )

    def open(self) -> InstallmentQuerySet:
        """Asked for and still owed: what is only scheduled is nobody's debt yet."""
        return self.filter(status=Installment.Status.INVOICED)

    def untouched(self) -> InstallmentQuerySet:
        """Nobody was asked for them and nothing was paid: all that a change may touch, but for cancelling."""
        return self.filter(status=Installment.Status.SCHEDULED, amount_paid=0)

    def unsettled(self) -> InstallmentQuerySet:
        """What may be paid, asked for or not yet."""
        return self.filter(status__in=Installment.STILL_OWED)


class Installment(models.Model):
    """One amount of a subscription, due on one day."""

    class Status(models.TextChoices):
        SCHEDULED = "SCHEDULED", _("Scheduled")
        INVOICED = "INVOICED", _("Invoiced")
        PAID = "PAID", _("Paid")
        CANCELLED = "CANCELLED", _("Cancelled")
        SKIPPED = "SKIPPED", _("Skipped")

    class Hold(models.TextChoices):
        """Why a scheduled one is not invoiced by itself: it waits for a person."""

        BRAKE = "BRAKE", _("More than three invoices in one day")
        CATCH_UP = "CATCH_UP", _("Missed, to be approved")

    STILL_OWED = frozenset({Status.SCHEDULED, Status.INVOICED})

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="installments", db_index=False
    )
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, verbose_name=_("subscription"), related_name="installments", db_index=False
    )
    sequence = models.PositiveIntegerField(_("number"))
    due_date = models.DateField(_("due date"))
    amount = MoneyField(_("amount"))
    amount_paid = MoneyField(_("paid"), default=ZERO)
    amount_refunded = MoneyField(_("refunded"), default=ZERO)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.SCHEDULED)
    hold = models.CharField(
        _("held because"), max_length=8, choices=Hold, default="", db_default="", blank=True, editable=False
    )
    promised_until = models.DateField(
        _("promised by"), null=True, blank=True, help_text=_("No reminder goes out until this day has passed.")
    )
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)
    invoiced_at = models.DateTimeField(_("first invoiced"), null=True, editable=False)
    paid_at = models.DateTimeField(_("paid"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)

    objects = InstallmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("installment")
        verbose_name_plural = _("installments")
        ordering = ["subscription", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "subscription", "sequence"], name="installment_sequence_is_unique"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="installment_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(amount_paid__gte=0, amount_paid__lte=F("amount")), name="installment_is_not_paid_twice"
            ),
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0, amount_refunded__lte=F("amount_paid")),
                name="installment_refunds_only_what_was_paid",
            ),
            models.CheckConstraint(
                condition=~Q(status="PAID") | Q(amount_paid=F("amount"), paid_at__isnull=False),
                name="installment_paid_means_paid_in_full",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "promised_until"],
                condition=Q(promised_until__isnull=False),
                name="installment_promised",
            ),
            models.Index(fields=["merchant", "due_date", "id"], name="installment_listed"),
            models.Index(fields=["merchant", "status", "due_date", "id"], name="installment_listed_by_status"),
            models.Index(
                fields=["merchant", "due_date", "id"],
                condition=Q(status="SCHEDULED", hold=""),
                name="installment_to_invoice",
            ),
            models.Index(fields=["merchant", "due_date"], condition=~Q(hold=""), name="installment_held"),
            models.Index(fields=["merchant", "amount"], condition=Q(status="INVOICED"), name="installment_open_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription.subscription_no} · {self.sequence}"

    @property
    def amount_due(self) -> Decimal:
        return self.amount - self.amount_paid if self.status in self.STILL_OWED else ZERO
