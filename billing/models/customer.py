from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.merchant import Merchant
from billing.models.merchant_choices import Channel, Language
from billing.search.spelling import spelled


class CustomerQuerySet(models.QuerySet["Customer"]):
    def current(self) -> CustomerQuerySet:
        """The people: without the rows that only lead a former number to its customer."""
        return self.filter(merged_into=None)


class Customer(models.Model):
    """
    One phone number within one merchant.

    One merged into another has nothing of its own any more: it keeps the number, which leads to the other's row.
    """

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
    # Without a constraint: adding one to a large table would hold up its merchants' systems.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("merged into"),
        null=True,
        editable=False,
        related_name="former_numbers",
        db_index=False,
        db_constraint=False,
    )
    forgotten_at = models.DateTimeField(_("forgotten"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("updated"), db_default=Now(), editable=False)

    objects = CustomerQuerySet.as_manager()

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
            models.Index(
                fields=["merchant", "channel"], condition=~models.Q(channel=""), name="customer_of_own_channel"
            ),
            models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="customer_former_numbers"
            ),
        ]

    def __str__(self) -> str:
        return self.name
