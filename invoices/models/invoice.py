from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models import Bill, Channel, Currency, Customer, Language, Merchant
from invoices.models.gateway_account import GatewayAccount
from subscriptions.models import Installment


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def live(self) -> InvoiceQuerySet:
        return self.filter(status=Invoice.Status.OPEN)

    def held_back(self) -> InvoiceQuerySet:
        """Dead, and an automatic successor would have been one too many: what is owed waits for a person."""
        is_owed = Q(bill__status="PENDING") | Q(installment__status="INVOICED")
        return self.filter(is_owed, held_back_at__isnull=False)


class Invoice(models.Model):
    """
    A request for payment of one bill or installment, with a link at the gateway. Never deleted.

    `status` says whether it can be paid; `delivery` how far the gateway has it.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Open")
        PAID = "PAID", _("Paid")
        CANCELLED = "CANCELLED", _("Cancelled")
        EXPIRED = "EXPIRED", _("Expired")

    class Delivery(models.TextChoices):
        NEW = "NEW", _("Waiting to be sent")
        SENDING = "SENDING", _("Being sent")
        SENT = "SENT", _("Sent")
        REJECTED = "REJECTED", _("Refused by the gateway")
        UNKNOWN = "UNKNOWN", _("Outcome unknown")
        PARKED = "PARKED", _("Parked")

    class CancelReason(models.TextChoices):
        PAYABLE_CANCELLED = "PAYABLE_CANCELLED", _("what it asked for was cancelled")
        PAID_OTHERWISE = "PAID_OTHERWISE", _("it was paid another way")
        PARTLY_PAID = "PARTLY_PAID", _("it was partly paid")
        REPLACED = "REPLACED", _("it was replaced by a new one")
        BY_STAFF = "BY_STAFF", _("staff cancelled it")
        AMOUNT_CHANGED = "AMOUNT_CHANGED", _("what it asked for was changed")
        CHANNEL_REFUSED = "CHANNEL_REFUSED", _("the gateway refused its channel")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="invoices", db_index=False
    )
    number = models.CharField(_("number"), max_length=24)
    reference = models.CharField(_("reference"), max_length=40)
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="invoices")
    customer_name = models.CharField(_("customer's name"), max_length=200)
    customer_phone = models.CharField(_("customer's phone"), max_length=16)
    customer_email = models.CharField(_("customer's e-mail"), max_length=254, blank=True)
    bill = models.ForeignKey(
        Bill, models.PROTECT, verbose_name=_("bill"), null=True, related_name="invoices", db_index=False
    )
    installment = models.ForeignKey(
        Installment, models.PROTECT, verbose_name=_("installment"), null=True, related_name="invoices", db_index=False
    )
    issue_no = models.PositiveSmallIntegerField(_("issue"), default=1)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    amount = MoneyField(_("amount"))
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    due_date = models.DateField(_("due date"))
    expires_on = models.DateField(_("link valid until"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    paid_at = models.DateTimeField(_("paid"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)

    cancel_requested_at = models.DateTimeField(_("to be cancelled since"), null=True, editable=False)
    cancel_reason = models.CharField(_("cancelled because"), max_length=20, choices=CancelReason, blank=True)
    renew_when_cancelled = models.BooleanField(default=False, editable=False)
    next_cancel_at = models.DateTimeField(null=True, editable=False)
    next_channel = models.CharField(
        _("channel of the next one"),
        max_length=8,
        choices=Channel,
        default="",
        db_default="",
        blank=True,
        editable=False,
    )
    # The local day on which it followed a dead one by itself: that is what the brake counts.
    renewed_on = models.DateField(null=True, editable=False)
    held_back_at = models.DateTimeField(_("its successor held back"), null=True, editable=False)

    delivery = models.CharField(_("delivery"), max_length=8, choices=Delivery, default=Delivery.NEW)
    gateway_account = models.ForeignKey(
        GatewayAccount,
        models.PROTECT,
        verbose_name=_("gateway account"),
        null=True,
        related_name="invoices",
        db_index=False,
    )
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now(), editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lost_leases = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    lease_id = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    call_started_at = models.DateTimeField(null=True, editable=False)
    unknown_since = models.DateTimeField(_("unknown since"), null=True, editable=False)
    looks = models.PositiveSmallIntegerField(default=0, editable=False)
    next_look_at = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(_("problem"), max_length=500, blank=True, editable=False)

    gateway_id = models.CharField(_("gateway's id"), max_length=200, blank=True, editable=False)
    gateway_token = models.CharField(_("gateway's token"), max_length=200, blank=True, editable=False)
    gateway_url = models.CharField(_("gateway's link"), max_length=2000, blank=True, editable=False)
    gateway_answer = models.JSONField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    next_poll_at = models.DateTimeField(null=True, editable=False)
    last_asked_at = models.DateTimeField(null=True, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="invoice_number_is_unique"),
            models.UniqueConstraint(fields=["reference"], name="invoice_reference_is_unique"),
            models.CheckConstraint(
                condition=Q(bill__isnull=False, installment__isnull=True)
                | Q(bill__isnull=True, installment__isnull=False),
                name="invoice_asks_for_one_bill_or_installment",
            ),
            models.UniqueConstraint(
                fields=["merchant", "bill"],
                condition=Q(status="OPEN"),
                name="invoice_is_the_only_live_one_of_its_bill",
            ),
            models.UniqueConstraint(
                fields=["merchant", "installment"],
                condition=Q(status="OPEN"),
                name="invoice_is_the_only_live_one_of_its_installment",
            ),
            models.UniqueConstraint(
                fields=["merchant", "bill", "issue_no"], name="invoice_issue_of_a_bill_is_made_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "installment", "issue_no"], name="invoice_issue_of_an_installment_is_made_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_amount_is_positive"),
            models.CheckConstraint(
                condition=~Q(delivery="SENT") | (Q(sent_at__isnull=False, gateway_account__isnull=False)),
                name="invoice_sent_has_an_account_and_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(delivery="SENDING") | Q(lease_until__isnull=False), name="invoice_sending_has_a_lease"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "id"], name="invoice_listed"),
            models.Index(fields=["merchant", "status", "id"], name="invoice_listed_by_status"),
            # With the status last, which tabs are counted by: they are read from the index alone.
            models.Index(fields=["merchant", "channel", "id", "status"], name="invoice_listed_by_channel"),
            models.Index(
                fields=["merchant", "delivery", "status", "id"],
                condition=Q(delivery__in=["REJECTED", "UNKNOWN", "PARKED"]),
                name="invoice_in_trouble",
            ),
            models.Index(
                fields=["gateway_account", "due_date", "id"],
                condition=Q(status="OPEN", delivery__in=["NEW", "SENDING", "UNKNOWN"]),
                name="invoice_under_way",
            ),
            models.Index(
                fields=["next_poll_at"],
                condition=Q(next_poll_at__isnull=False),
                name="invoice_to_poll",
            ),
            models.Index(
                fields=["next_cancel_at"],
                condition=Q(next_cancel_at__isnull=False),
                name="invoice_to_cancel",
            ),
            models.Index(fields=["id"], condition=Q(renew_when_cancelled=True), name="invoice_to_renew"),
            models.Index(fields=["merchant", "gateway_id"], condition=~Q(gateway_id=""), name="invoice_by_gateway_id"),
            models.Index(
                fields=["merchant", "renewed_on"], condition=Q(renewed_on__isnull=False), name="invoice_renewed"
            ),
            models.Index(fields=["merchant"], condition=Q(held_back_at__isnull=False), name="invoice_held_back"),
            models.Index(
                fields=["gateway_account", "lease_until"], condition=Q(delivery="SENDING"), name="invoice_leased"
            ),
            models.Index(
                fields=["merchant", "due_date", "id"],
                condition=Q(status__in=["OPEN", "EXPIRED"], delivery="SENT"),
                name="invoice_to_remind_of",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def payable(self) -> Bill | Installment:
        payable = self.bill or self.installment
        assert payable is not None  # invoice_asks_for_one_bill_or_installment
        return payable
