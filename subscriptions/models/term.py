from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models import Merchant
from subscriptions.models.subscription import Subscription


class Term(models.Model):
    """
    The rule of a plan from one installment on, where it was changed. Until the first, the subscription's own holds.

    Kept for ever: with them every installment can be derived again.
    """

    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="+", db_index=False)
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, verbose_name=_("subscription"), related_name="terms", db_index=False
    )
    from_sequence = models.PositiveIntegerField(_("from installment"))
    anchor_date = models.DateField(_("first due date"))
    interval = models.CharField(_("interval"), max_length=7, choices=Subscription.Interval)
    payment_day = models.PositiveSmallIntegerField(_("payment day"), null=True, blank=True)
    amount = MoneyField(_("amount"))
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "subscription", "from_sequence"], name="term_is_one_from_an_installment_on"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="term_amount_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} · {self.from_sequence}"
