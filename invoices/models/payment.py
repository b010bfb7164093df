from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models import Bill, Currency, Customer, Merchant, User
from billing.money_text import format_money
from invoices.models.enquiry import Enquiry
from invoices.models.gateway_account import GatewayAccount
from invoices.models.invoice import Invoice
from subscriptions.models import Installment


class Payment(models.Model):
    """
    Money received for a bill or installment.

    `applied_amount` is the part that settled something; the rest, and every payment nobody expected, waits for staff
    under `review_reason`.
    """

    class Method(models.TextChoices):
        GATEWAY = "GATEWAY", _("Payment link")
        CASH = "CASH", _("Cash")
        TRANSFER = "TRANSFER", _("Bank transfer")

    class Review(models.TextChoices):
        OVERPAID = "OVERPAID", _("More was paid than was owed")
        PAID_AFTER_CANCEL = "PAID_AFTER_CANCEL", _("Paid after it was cancelled")
        SHORT = "SHORT", _("Less was paid than the invoice asked for")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="payments", db_index=False
    )
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="payments")
    invoice = models.ForeignKey(Invoice, models.PROTECT, verbose_name=_("invoice"), null=True, related_name="payments")
    bill = models.ForeignKey(Bill, models.PROTECT, verbose_name=_("bill"), null=True, related_name="payments")
    installment = models.ForeignKey(
        Installment, models.PROTECT, verbose_name=_("installment"), null=True, related_name="payments"
    )
    method = models.CharField(_("method"), max_length=8, choices=Method)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    amount = MoneyField(_("amount"))
    applied_amount = MoneyField(_("settled"))
    gateway_account = models.ForeignKey(
        GatewayAccount,
        models.PROTECT,
        verbose_name=_("gateway account"),
        null=True,
        related_name="payments",
        db_index=False,
    )
    transaction_token = models.CharField(_("transaction"), max_length=200, null=True)
    is_provisional = models.BooleanField(
        default=False, help_text=_("Known by the invoice's token until the gateway names the transaction.")
    )
    payment_type = models.CharField(_("payment type"), max_length=60, blank=True)
    enquiry = models.ForeignKey(Enquiry, models.PROTECT, verbose_name=_("enquiry"), null=True, related_name="payments")
    recorded_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("recorded by"), null=True, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)
    review_reason = models.CharField(_("for review"), max_length=17, choices=Review, blank=True)
    receipt_no = models.CharField(_("receipt number"), max_length=30, null=True, editable=False)
    received_at = models.DateTimeField(_("received"))
    created_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["gateway_account", "transaction_token"], name="payment_is_recorded_once"),
            models.UniqueConstraint(fields=["merchant", "receipt_no"], name="payment_receipt_no_is_unique"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(applied_amount__gte=0, applied_amount__lte=F("amount")),
                name="payment_settles_at_most_itself",
            ),
            models.CheckConstraint(
                condition=Q(bill__isnull=False, installment__isnull=True)
                | Q(bill__isnull=True, installment__isnull=False),
                name="payment_is_for_one_bill_or_installment",
            ),
            models.CheckConstraint(
                condition=Q(
                    method="GATEWAY",
                    gateway_account__isnull=False,
                    transaction_token__isnull=False,
                    enquiry__isnull=False,
                    invoice__isnull=False,
                )
                | Q(method__in=["CASH", "TRANSFER"], recorded_by__isnull=False, transaction_token__isnull=True),
                name="payment_has_evidence",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "amount"], name="payment_by_amount"),
            models.Index(
                fields=["merchant", "transaction_token"],
                condition=Q(transaction_token__isnull=False),
                name="payment_by_transaction",
            ),
            models.Index(fields=["merchant", "received_at", "id"], name="payment_listed"),
            models.Index(fields=["merchant", "id"], condition=~Q(review_reason=""), name="payment_to_review"),
        ]

    def __str__(self) -> str:
        return self.receipt_no or format_money(self.amount, self.currency, get_language() or "en")

    @property
    def payable(self) -> Bill | Installment:
        payable = self.bill or self.installment
        assert payable is not None  # payment_is_for_one_bill_or_installment
        return payable
