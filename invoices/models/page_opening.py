from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models import Bill, Customer, Merchant
from subscriptions.models import Installment


class PageOpening(models.Model):
    """How often people, not previews, opened the page of a bill, an installment or a customer."""

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="page_openings", db_index=False
    )
    bill = models.OneToOneField(Bill, models.PROTECT, verbose_name=_("bill"), null=True, related_name="page_opening")
    installment = models.OneToOneField(
        Installment, models.PROTECT, verbose_name=_("installment"), null=True, related_name="page_opening"
    )
    customer = models.OneToOneField(
        Customer, models.PROTECT, verbose_name=_("customer"), null=True, related_name="page_opening"
    )
    count = models.PositiveIntegerField(_("times opened"), default=1)
    first_opened_at = models.DateTimeField(_("first opened"))
    last_opened_at = models.DateTimeField(_("last opened"))

    class Meta:
        verbose_name = _("page opening")
        verbose_name_plural = _("page openings")
        constraints = [
            models.CheckConstraint(
                condition=Q(bill__isnull=False, installment__isnull=True, customer__isnull=True)
                | Q(bill__isnull=True, installment__isnull=False, customer__isnull=True)
                | Q(bill__isnull=True, installment__isnull=True, customer__isnull=False),
                name="page_opening_is_of_one_page",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bill or self.installment or self.customer} · {self.count}"
