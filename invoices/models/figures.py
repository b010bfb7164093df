"""What home shows, counted beforehand: kept by a sweep, made again from the rows at any time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models import Currency, Merchant


class FiguresCount(models.Model):
    """When a merchant's figures were counted, and what they knew then."""

    merchant = models.OneToOneField(Merchant, models.PROTECT, primary_key=True, related_name="figures_count")
    counted_at = models.DateTimeField()
    on_date = models.DateField()
    months_counted_at = models.DateTimeField()
    last_event_id = models.BigIntegerField()
    open_rows = models.PositiveIntegerField()
    # Their ids, the first to call; null where they are few enough to be weighed as somebody looks.
    heaviest_customers = models.JSONField(null=True)


class OpenFigure(models.Model):
    """One line of the worklist, or one age of what is owed, in one currency."""

    class Name(models.TextChoices):
        OVERDUE_BILLS = "OVERDUE_BILLS", _("Overdue bills")
        OVERDUE_INSTALLMENTS = "OVERDUE_INSTALLMENTS", _("Overdue installments")
        BILLS_OF_WEEK = "BILLS_OF_WEEK", _("Bills due within 7 days")
        INSTALLMENTS_OF_WEEK = "INSTALLMENTS_OF_WEEK", _("Installments due within 7 days")
        REFUSED = "REFUSED", _("Invoices the gateway refused")
        UNKNOWN = "UNKNOWN", _("Invoices whose outcome is unknown")
        PARKED = "PARKED", _("Parked invoices")
        HELD_BACK = "HELD_BACK", _("New links held back")
        TO_REVIEW = "TO_REVIEW", _("Payments to review")
        REFUNDS_TO_APPROVE = "REFUNDS_TO_APPROVE", _("Refunds to approve")
        REFUNDS_TO_PAY_OUT = "REFUNDS_TO_PAY_OUT", _("Refunds to pay out")
        CREDITS_TO_APPROVE = "CREDITS_TO_APPROVE", _("Credits to approve")
        JOBS_TO_APPROVE = "JOBS_TO_APPROVE", _("Jobs to approve")
        MISSED = "MISSED", _("Missed periods to approve")
        BILLS_PROMISED = "BILLS_PROMISED", _("Bills with a broken promise")
        INSTALLMENTS_PROMISED = "INSTALLMENTS_PROMISED", _("Installments with a broken promise")
        TO_REMIND = "TO_REMIND", _("Reminders to send by WhatsApp")
        WRONG_PHONE = "WRONG_PHONE", _("Customers whose phone somebody else answered")
        RECEIPTS_UNKNOWN = "RECEIPTS_UNKNOWN", _("Receipts whose outcome is unknown")
        LINES_UNKNOWN = "LINES_UNKNOWN", _("Statement lines unknown to us")
        LINES_AMOUNT_DIFFERS = "LINES_AMOUNT_DIFFERS", _("Statement lines whose amount differs")
        LINES_NET_DIFFERS = "LINES_NET_DIFFERS", _("Statement lines that do not add up")
        PAYMENTS_LEFT_OUT = "PAYMENTS_LEFT_OUT", _("Payments that a statement leaves out")
        NOT_DUE = "NOT_DUE", _("Not due yet")
        LATE_30 = "LATE_30", _("1 to 30 days late")
        LATE_60 = "LATE_60", _("31 to 60 days late")
        LATE_90 = "LATE_90", _("61 to 90 days late")
        LATE_LONGER = "LATE_LONGER", _("More than 90 days late")

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=21, choices=Name)
    # Empty for what has no amount.
    currency = models.CharField(max_length=3, choices=Currency, blank=True)
    count = models.PositiveIntegerField()
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name", "currency"], name="open_figure_is_kept_once")
        ]


class MonthFigure(models.Model):
    """What fell due in a month of the merchant's own calendar, or came in by one method and channel."""

    class Kind(models.TextChoices):
        BILLED = "BILLED", _("Billed")
        COLLECTED = "COLLECTED", _("Collected")

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    kind = models.CharField(max_length=9, choices=Kind)
    method = models.CharField(max_length=8, blank=True)
    channel = models.CharField(max_length=8, blank=True)
    currency = models.CharField(max_length=3, choices=Currency)
    count = models.PositiveIntegerField()
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "month", "kind", "method", "channel", "currency"],
                name="month_figure_is_kept_once",
            )
        ]
