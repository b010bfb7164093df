from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.day_text import format_short_day
from billing.fields import MoneyField
from billing.models import Currency, Merchant, User
from invoices.models.payment import Payment
from invoices.models.refund import Refund

BY_HAND = [(method.value, method.label) for method in (Payment.Method.CASH, Payment.Method.TRANSFER)]


class Shift(models.Model):
    """A cashier's day at the counter: what they take and give back by hand while it is open belongs to it."""

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="shifts", db_index=False
    )
    cashier = models.ForeignKey(User, models.PROTECT, verbose_name=_("cashier"), related_name="+")
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    opening_float = MoneyField(_("cash at the start"))
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("closed by"), null=True, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "cashier"], condition=Q(closed_at=None), name="shift_is_open_once_for_a_cashier"
            ),
            models.CheckConstraint(condition=Q(opening_float__gte=0), name="shift_begins_with_no_debt"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="shift_is_closed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "id"], name="shift_by_merchant")]

    def __str__(self) -> str:
        opened = format_short_day(self.merchant.local_date(self.opened_at), get_language() or "en")
        return f"\u2068{self.cashier.display_name}\u2069 · {opened}"  # the name may be of the other direction

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ShiftEntry(models.Model):
    """One payment taken, or one refund paid out, during a shift."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="entries")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="shift_entry")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="shift_entry")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False, refund=None) | Q(payment=None, refund__isnull=False),
                name="shift_entry_is_a_payment_or_a_refund",
            ),
        ]

    def __str__(self) -> str:
        return str(self.payment or self.refund)


class ShiftCount(models.Model):
    """What should have been there of one method when the shift was closed, and what was counted."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="counts", db_index=False)
    method = models.CharField(max_length=8, choices=BY_HAND)
    expected = MoneyField()
    counted = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "method"], name="shift_counts_each_method_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.counted}"
