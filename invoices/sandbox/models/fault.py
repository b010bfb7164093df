from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from invoices.sandbox.models.account import SandboxAccount


class AppliesTo(models.TextChoices):
    CREATE = "CREATE", "creating an invoice"
    ENQUIRE = "ENQUIRE", "enquiries"
    CANCEL = "CANCEL", "cancelling"
    ALL = "ALL", "every call"


class FaultKind(models.TextChoices):
    ACCEPTED_SILENT = "ACCEPTED_SILENT", "Accepted, then silent"
    ACCEPTED_500 = "ACCEPTED_500", "Accepted, then 500"
    DROPPED = "DROPPED", "Accepted, then the connection is dropped"
    TRUNCATED = "TRUNCATED", "Accepted, half an answer"
    HTML_500 = "HTML_500", "Accepted, then a 500 page in HTML"
    GARBAGE = "GARBAGE", "Accepted, unreadable answer"
    WRONG_KEY = "WRONG_KEY", "Accepted, answer under another key"
    WRONG_ECHO = "WRONG_ECHO", "Accepted, another reference and amount echoed"
    SLOW = "SLOW", "Accepted, right answer but late"
    SLOW_DRIP = "SLOW_DRIP", "Accepted, one byte a second"
    OVERSIZED = "OVERSIZED", "Accepted, 50 MB answer"
    GZIP_BOMB = "GZIP_BOMB", "Accepted, 50 MB answer packed small"
    REFUSED_500 = "REFUSED_500", "500, nothing done"
    NOT_FOUND = "NOT_FOUND", "404 permission denied"
    STATUS_FALSE = "STATUS_FALSE", "200 with status false"
    FIELD_ERRORS = "FIELD_ERRORS", "422 field errors"
    REDIRECT = "REDIRECT", "302 to another host"
    TOO_MANY = "TOO_MANY", "429 with Retry-After"
    UNAUTHORIZED = "UNAUTHORIZED", "401 authentication failed"
    NOTHING_FOUND = "NOTHING_FOUND", "Enquiries find nothing"
    WEBHOOK_LOST = "WEBHOOK_LOST", "Payment: webhook lost"
    RETURN_LOST = "RETURN_LOST", "Payment: customer does not come back"
    CALLBACK_DUPLICATED = "CALLBACK_DUPLICATED", "Payment: webhook sent three times"
    FIELDS_UNDER_DATA = "FIELDS_UNDER_DATA", "Payment: fields under response.data"
    PAYMENT_PENDING = "PAYMENT_PENDING", "Payment: stays pending at first"
    PAID_TWICE = "PAID_TWICE", "Payment: taken twice"

    @property
    def is_about_payments(self) -> bool:
        return self in PAYMENT_KINDS

    @property
    def usually_applies_to(self) -> AppliesTo:
        if self == FaultKind.NOTHING_FOUND:
            return AppliesTo.ENQUIRE
        return AppliesTo.ALL if self.is_about_payments else AppliesTo.CREATE

    @property
    def usually_accepts(self) -> bool:
        """Whether the call is carried out although the answer is spoilt."""
        return self not in REFUSING_KINDS


PAYMENT_KINDS = frozenset(
    {
        FaultKind.WEBHOOK_LOST,
        FaultKind.RETURN_LOST,
        FaultKind.CALLBACK_DUPLICATED,
        FaultKind.FIELDS_UNDER_DATA,
        FaultKind.PAYMENT_PENDING,
        FaultKind.PAID_TWICE,
    }
)
REFUSING_KINDS = frozenset(
    {
        FaultKind.REFUSED_500,
        FaultKind.NOT_FOUND,
        FaultKind.STATUS_FALSE,
        FaultKind.FIELD_ERRORS,
        FaultKind.REDIRECT,
        FaultKind.TOO_MANY,
        FaultKind.UNAUTHORIZED,
    }
)


class SandboxFaultQuerySet(models.QuerySet["SandboxFault"]):
    def switched_on(self) -> SandboxFaultQuerySet:
        return self.filter(Q(remaining__isnull=True) | Q(remaining__gt=0)).order_by("pk")

    def of(self, account: SandboxAccount | None) -> SandboxFaultQuerySet:
        return self.filter(Q(account=None) | Q(account=account))

    def take_one(self) -> bool:
        """Use up one of a counted fault; false if another call took the last."""
        return bool(self.filter(remaining__gt=0).update(remaining=F("remaining") - 1))


class SandboxFault(models.Model):
    """A switch that spoils the next calls of one account, or of all."""

    account = models.ForeignKey(SandboxAccount, models.CASCADE, null=True, blank=True, related_name="faults")
    kind = models.CharField(max_length=30, choices=FaultKind)
    applies_to = models.CharField(max_length=10, choices=AppliesTo, default=AppliesTo.CREATE)
    remaining = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    accepts = models.BooleanField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SandboxFaultQuerySet.as_manager()

    class Meta:
        verbose_name = "sandbox fault"
        constraints = [
            models.CheckConstraint(condition=Q(seconds__lte=120), name="sandbox_fault_lasts_two_minutes_at_most")
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def carries_out_the_call(self) -> bool:
        return FaultKind(self.kind).usually_accepts if self.accepts is None else self.accepts
