from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models import Bill, Merchant, User
from billing.money_text import format_money
from invoices.models.payment import Payment
from subscriptions.models import Installment


class CreditQuerySet(models.QuerySet["Credit"]):
    def standing(self) -> CreditQuerySet:
        """
        What takes something away from its payment's surplus, or will once it is approved.

        What is cancelled or skipped is not owed and stays so: a credit for it settled nothing in the end.
        """
        gone = (Installment.Status.CANCELLED, Installment.Status.SKIPPED)
        not_owed = Q(bill__status=Bill.Status.CANCELLED) | Q(installment__status__in=gone)
        return self.exclude(status=Credit.Status.REJECTED).exclude(not_owed)

    def used(self) -> CreditQuerySet:
        return self.standing().filter(status=Credit.Status.DONE)


class Credit(models.Model):
    """
    Money of a payment that had settled nothing, used for another bill or installment of the same customer.

    It is no payment: no money came. What it settled is known here, and to what it settled.
    """

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("Waits for approval")
        DONE = "DONE", _("Used")
        REJECTED = "REJECTED", _("Rejected")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="credits", db_index=False
    )
    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name=_("payment"), related_name="credits")
    bill = models.ForeignKey(Bill, models.PROTECT, verbose_name=_("bill"), null=True, related_name="credits")
    installment = models.ForeignKey(
        Installment, models.PROTECT, verbose_name=_("installment"), null=True, related_name="credits"
    )
    amount = MoneyField(_("amount"))
    status = models.CharField(_("status"), max_length=9, choices=Status)
    reason = models.CharField(_("reason"), max_length=300)
    needs_second_person = models.BooleanField(_("needs a second person"))
    # Nobody else could have approved it.
    approved_alone = models.BooleanField(_("approved alone"), default=False, db_default=False)
    requested_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("requested by"), related_name="+")
    requested_at = models.DateTimeField(_("requested"))
    decided_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("decided by"), null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(bill__isnull=False, installment=None) | Q(bill=None, installment__isnull=False),
                name="credit_is_for_one_bill_or_installment",
            ),
            models.CheckConstraint(
                condition=Q(status="REQUESTED", decided_by=None, decided_at=None)
                | ~Q(status="REQUESTED") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="credit_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(needs_second_person=False)
                | Q(approved_alone=True)
                | Q(status__in=["REQUESTED", "REJECTED"])
                | ~Q(decided_by=F("requested_by")),
                name="credit_is_approved_by_a_second_person",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "status", "id"], name="credit_by_status")]

    def __str__(self) -> str:
        return format_money(self.amount, self.payment.currency, get_language() or "en")

    @property
    def payable(self) -> Bill | Installment:
        payable = self.bill or self.installment
        assert payable is not None  # credit_is_for_one_bill_or_installment
        return payable
