from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models.customer import Customer
from billing.models.merchant import Merchant
from billing.models.merchant_choices import Channel, Currency
from billing.money import MAX_AMOUNT, ZERO


class BillQuerySet(models.QuerySet["Bill"]):
    def open(self) -> BillQuerySet:
        """Asked for and still owed; as SQL beside installments: `invoices.services.open_payables`."""
        return self.filter(status=Bill.Status.PENDING)

    def never_invoiced(self) -> BillQuerySet:
        return self.filter(status=Bill.Status.PENDING, invoiced_at=None)

    def changed(self) -> BillQuerySet:
        """Changed or cancelled since somebody last compared them with their invoices."""
        return self.filter(changed_at__isnull=False)


class Bill(models.Model):
    """An amount owed once. Overdue and partly paid are derived, never stored."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        PAID = "PAID", _("Paid")
        CANCELLED = "CANCELLED", _("Cancelled")

    STILL_OWED = frozenset({Status.PENDING})

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="bills", db_index=False
    )
    public_id = models.CharField(_("public id"), max_length=24, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="bills")
    customer_name = models.CharField(_("customer's name"), max_length=200)
    customer_phone = models.CharField(_("customer's phone"), max_length=16)
    customer_email = models.CharField(_("customer's e-mail"), max_length=254, blank=True)
    service_type = models.CharField(_("service"), max_length=200)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    amount = MoneyField(_("amount"))
    amount_paid = MoneyField(_("paid"), default=ZERO)
    amount_refunded = MoneyField(_("refunded"), default=ZERO)
    due_date = models.DateField(_("due date"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PENDING)
    channel = models.CharField(
        _("channel"),
        max_length=8,
        choices=Channel,
        default="",
        db_default="",
        blank=True,
        help_text=_("Empty: the customer's, or the merchant's."),
    )
    promised_until = models.DateField(
        _("promised by"), null=True, blank=True, help_text=_("No reminder goes out until this day has passed.")
    )
    billing_no = models.CharField(_("billing number"), max_length=24)
    bill_no = models.CharField(_("bill number"), max_length=24)
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    invoiced_at = models.DateTimeField(_("first invoiced"), null=True, editable=False)
    paid_at = models.DateTimeField(_("paid"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)

    objects = BillQuerySet.as_manager()

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "public_id"], name="bill_public_id_is_unique"),
            models.UniqueConstraint(fields=["merchant", "billing_no"], name="bill_billing_no_is_unique"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MAX_AMOUNT), name="bill_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(amount_paid__gte=0, amount_paid__lte=F("amount")), name="bill_is_not_paid_twice"
            ),
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0, amount_refunded__lte=F("amount_paid")),
                name="bill_refunds_only_what_was_paid",
            ),
            models.CheckConstraint(
                condition=~Q(status="PAID") | Q(amount_paid=F("amount"), paid_at__isnull=False),
                name="bill_paid_means_paid_in_full",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "promised_until"],
                condition=Q(promised_until__isnull=False),
                name="bill_promised",
            ),
            models.Index(fields=["merchant", "id"], name="bill_listed"),
            models.Index(fields=["merchant", "status", "id"], name="bill_listed_by_status"),
            models.Index(fields=["merchant", "due_date", "id"], condition=Q(status="PENDING"), name="bill_owed_by_day"),
            models.Index(
                fields=["merchant", "id"],
                condition=Q(status="PENDING", invoiced_at__isnull=True),
                name="bill_never_invoiced",
            ),
            models.Index(fields=["id"], condition=Q(changed_at__isnull=False), name="bill_changed"),
            models.Index(fields=["merchant", "amount"], condition=Q(status="PENDING"), name="bill_open_amount"),
            models.Index(fields=["merchant", "service_type"], name="bill_of_service"),
            models.Index(
                fields=["merchant", "channel", "id"],
                condition=Q(status="PENDING") & ~Q(channel=""),
                name="bill_of_own_channel",
            ),
            # With all that adding up what somebody owes needs: the rows themselves are all over the table.
            models.Index(
                fields=["merchant", "customer", "due_date", "currency", "amount", "amount_paid"],
                condition=Q(status="PENDING"),
                name="bill_owed_by_customer",
            ),
        ]

    def __str__(self) -> str:
        return self.billing_no

    @property
    def amount_due(self) -> Decimal:
        return self.amount - self.amount_paid if self.status in self.STILL_OWED else ZERO
