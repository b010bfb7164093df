from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.merchant import Channel, Language, Merchant
from billing.search.spelling import spelled


class Customer(models.Model):
    """One phone number within one merchant."""

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="customers", db_index=False
    )
    phone = models.CharField(_("phone"), max_length=16, help_text=_("In international form: +962777839071."))
    name = models.CharField(_("name"), max_length=200)
    search_name = models.GeneratedField(
        expression=spelled("name"), output_field=models.TextField(), db_persist=True, editable=False
    )
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    national_id = models.CharField(_("national id"), max_length=10, blank=True)
    address = models.CharField(_("address"), max_length=500, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, blank=True, help_text=_("Empty: the merchant's.")
    )
    channel = models.CharField(
        _("channel"),
        max_length=8,
        choices=Channel,
        default="",
        db_default="",
        blank=True,
        help_text=_("Empty: the merchant's."),
    )
    link_version = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    messages_stopped_at = models.DateTimeField(
        _("messages stopped"), null=True, editable=False, help_text=_("Somebody else answered at this phone.")
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("updated"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "phone"], name="customer_phone_is_unique_per_merchant")
        ]
        indexes = [
            models.Index(fields=["merchant", "id"], name="customer_listed"),
            models.Index(
                fields=["merchant", "national_id"], condition=~models.Q(national_id=""), name="customer_national_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name
