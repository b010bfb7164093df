from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models import Channel, Currency, Customer, Merchant
from billing.money import ZERO


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def open_ended_and_active(self) -> SubscriptionQuerySet:
        return self.filter(type=Subscription.Type.OPEN_ENDED, status=Subscription.Status.ACTIVE)


class Subscription(models.Model):
    """What is owed over time: a plan, whose installments carry the amounts."""

    class Type(models.TextChoices):
        FIXED_MONTHLY = "FIXED_MONTHLY", _("Fixed monthly")
        CUSTOM_SCHEDULE = "CUSTOM_SCHEDULE", _("Custom schedule")
        OPEN_ENDED = "OPEN_ENDED", _("Open-ended")

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        PAUSED = "PAUSED", _("Paused")
        COMPLETED = "COMPLETED", _("Completed")
        CANCELLED = "CANCELLED", _("Cancelled")

    class Interval(models.TextChoices):
        WEEKLY = "WEEKLY", _("Weekly")
        MONTHLY = "MONTHLY", _("Monthly")
        QUARTERLY = "QUARTER", _("Quarterly")
        YEARLY = "YEARLY", _("Yearly")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="subscriptions", db_index=False
    )
    public_id = models.CharField(_("public id"), max_length=24, editable=False)
    subscription_no = models.CharField(_("subscription number"), max_length=24)
    type = models.CharField(_("type"), max_length=15, choices=Type)
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="subscriptions")
    customer_name = models.CharField(_("customer's name"), max_length=200)
    customer_phone = models.CharField(_("customer's phone"), max_length=16)
    customer_email = models.CharField(_("customer's e-mail"), max_length=254, blank=True)
    product_name = models.CharField(_("product"), max_length=200)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    total_amount = MoneyField(_("total"), null=True, blank=True)
    monthly_payment = MoneyField(_("monthly payment"), null=True, blank=True)
    recurring_amount = MoneyField(_("recurring amount"), null=True, blank=True)
    payment_day = models.PositiveSmallIntegerField(_("payment day"), null=True, blank=True)
    interval = models.CharField(
        _("interval"), max_length=7, choices=Interval, default=Interval.MONTHLY, db_default=Interval.MONTHLY
    )
    ends_after = models.PositiveSmallIntegerField(
        _("ends after"), null=True, blank=True, help_text=_("So many payments; empty: no such end.")
    )
    ends_on = models.DateField(_("ends on"), null=True, blank=True, help_text=_("The last day a payment may fall on."))
    number_of_installments = models.PositiveSmallIntegerField(_("installments"), null=True, blank=True)
    anchor_date = models.DateField(_("first due date"))
    auto_generate_invoices = models.BooleanField(_("invoices by itself"), default=True)
    channel = models.CharField(
        _("channel"),
        max_length=8,
        choices=Channel,
        default="",
        db_default="",
        blank=True,
        help_text=_("Empty: the customer's, or the merchant's."),
    )
    discount_amount = MoneyField(_("discount"), default=ZERO, db_default=ZERO, editable=False)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.ACTIVE)
    last_sequence = models.PositiveIntegerField(default=0, editable=False)
    scheduled_until = models.DateField(_("scheduled until"), editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    settled_early_at = models.DateTimeField(_("settled early"), null=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "public_id"], name="subscription_public_id_is_unique"),
            models.UniqueConstraint(fields=["merchant", "subscription_no"], name="subscription_no_is_unique"),
            models.CheckConstraint(
                condition=Q(type="OPEN_ENDED", recurring_amount__gt=0, total_amount__isnull=True)
                | Q(type="FIXED_MONTHLY", total_amount__gt=0, monthly_payment__gt=0, recurring_amount__isnull=True)
                | Q(type="CUSTOM_SCHEDULE", total_amount__gt=0, recurring_amount__isnull=True),
                name="subscription_amounts_fit_its_type",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "id"], name="subscription_listed"),
            models.Index(fields=["merchant", "status", "id"], name="subscription_listed_by_status"),
            models.Index(
                fields=["merchant", "channel", "id"], condition=~Q(channel=""), name="subscription_of_own_channel"
            ),
            models.Index(
                fields=["merchant", "scheduled_until"],
                condition=Q(type="OPEN_ENDED", status="ACTIVE"),
                name="subscription_to_extend",
            ),
        ]

    def __str__(self) -> str:
        return self.subscription_no
