from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.customer import Customer
from billing.models.merchant import Merchant
from billing.models.staff import User


class WrongRecipient(models.Model):
    """
    Somebody said on a page "this is not me". Messages to the customer stop, and staff find out whose phone it is.
    """

    class Resolution(models.TextChoices):
        RESUMED = "RESUMED", _("It is the customer: messages go on")
        CORRECTED = "CORRECTED", _("The phone number was corrected")
        STOPPED = "STOPPED", _("No more messages to this phone")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="wrong_recipients", db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), related_name="wrong_recipients", db_index=False
    )
    reported_at = models.DateTimeField(_("reported"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("resolved by"), null=True, related_name="+")
    resolution = models.CharField(_("resolution"), max_length=9, choices=Resolution, blank=True)

    class Meta:
        verbose_name = _("wrong recipient")
        verbose_name_plural = _("wrong recipients")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "customer"],
                condition=Q(resolved_at__isnull=True),
                name="wrong_recipient_is_reported_once",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolution="") | Q(resolved_at__isnull=False) & ~Q(resolution=""),
                name="wrong_recipient_is_resolved_somehow",
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer)
