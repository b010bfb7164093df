from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.models import Currency, Job, Merchant, User
from invoices.models.payment import Payment
from invoices.models.refund import Refund


class GatewayStatement(models.Model):
    """
    A file in which the gateway says what it collected, kept and paid out.

    The sums are what its lines state, whatever was found about them. One that was withdrawn has no lines any more.
    """

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="gateway_statements", db_index=False
    )
    name = models.CharField(_("file"), max_length=100)
    digest = models.CharField(max_length=64, editable=False)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    line_count = models.PositiveIntegerField(_("lines"))
    amount = MoneyField(_("gross"))
    fee = MoneyField(_("fees"))
    net = MoneyField(_("net"))
    job = models.OneToOneField(Job, models.PROTECT, verbose_name=_("job"), related_name="+")
    imported_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("imported by"), related_name="+")
    imported_at = models.DateTimeField(_("imported"), db_default=Now(), editable=False)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("withdrawn by"), related_name="+", null=True, editable=False
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    class Meta:
        verbose_name = _("gateway statement")
        verbose_name_plural = _("gateway statements")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "digest"],
                condition=Q(withdrawn_at=None),
                name="gateway_statement_is_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="gateway_statement_is_withdrawn_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "id"], name="gateway_statement_by_merchant")]

    def __str__(self) -> str:
        return self.name


class GatewayStatementLineQuerySet(models.QuerySet["GatewayStatementLine"]):
    def counted(self) -> GatewayStatementLineQuerySet:
        """Without what was stated before, and what is somebody else's."""
        left_out = [GatewayStatementLine.Finding.DOUBLED, GatewayStatementLine.Finding.OTHER_ACCOUNT]
        return self.exclude(finding__in=left_out)


class GatewayStatementLine(models.Model):
    """
    One line of a gateway's statement, and what was found about it. It never changes what we have booked.

    `amount` is the gross: below zero where money went back. `reference` is our own one of the invoice,
    `gateway_invoice` the gateway's; `account_code` the gateway account that the line names.
    """

    class Kind(models.TextChoices):
        PAYMENT = "PAYMENT", _("Payment")
        REFUND = "REFUND", _("Refund")
        FEE = "FEE", _("Fee")
        ADJUSTMENT = "ADJUSTMENT", _("Adjustment")

    class Finding(models.TextChoices):
        UNKNOWN = "UNKNOWN", _("Unknown to us")
        AMOUNT_DIFFERS = "AMOUNT_DIFFERS", _("Amount differs")
        DOUBLED = "DOUBLED", _("Stated twice")
        NET_DIFFERS = "NET_DIFFERS", _("Does not add up")
        OTHER_ACCOUNT = "OTHER_ACCOUNT", _("Another account")
        MATCHED = "MATCHED", _("Agrees")
        CHARGE = "CHARGE", _("Fee or adjustment")
        NEW = "NEW", _("Not compared yet")

    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="+", db_index=False)
    statement = models.ForeignKey(
        GatewayStatement, models.CASCADE, verbose_name=_("statement"), related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField(_("row"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    transaction = models.CharField(_("transaction"), max_length=200, blank=True)
    reference = models.CharField(_("our reference"), max_length=100, blank=True)
    gateway_invoice = models.CharField(_("gateway's invoice number"), max_length=200, blank=True)
    account_code = models.CharField(_("merchant code"), max_length=100, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    amount = MoneyField(_("gross"))
    fee = MoneyField(_("fee"))
    net = MoneyField(_("net"))
    paid_on = models.DateField(_("day paid"))
    payout_reference = models.CharField(_("payout"), max_length=100, blank=True)
    payout_on = models.DateField(_("paid out on"), null=True)
    finding = models.CharField(_("what was found"), max_length=14, choices=Finding, default=Finding.NEW)
    payment = models.ForeignKey(
        Payment, models.PROTECT, verbose_name=_("payment"), related_name="statement_lines", null=True, db_index=False
    )
    refund = models.ForeignKey(
        Refund, models.PROTECT, verbose_name=_("refund"), related_name="statement_lines", null=True, db_index=False
    )

    objects = GatewayStatementLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a gateway statement")
        verbose_name_plural = _("lines of gateway statements")
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="gateway_line_has_one_place"),
            models.UniqueConstraint(fields=["merchant", "payment"], name="gateway_line_of_a_payment_is_one"),
            models.UniqueConstraint(fields=["merchant", "refund"], name="gateway_line_of_a_refund_is_one"),
            models.CheckConstraint(
                condition=Q(payment=None, refund=None)
                | Q(kind="PAYMENT", refund=None)
                | Q(kind="REFUND", payment=None),
                name="gateway_line_is_matched_to_its_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "paid_on", "id"], name="gateway_line_listed"),
            models.Index(fields=["merchant", "finding", "paid_on", "id"], name="gateway_line_by_finding"),
            models.Index(fields=["merchant", "payout_on"], name="gateway_line_by_payout"),
            models.Index(
                fields=["merchant", "transaction"], condition=~Q(transaction=""), name="gateway_line_by_transaction"
            ),
            models.Index(
                fields=["statement", "finding"],
                condition=Q(
                    finding__in=["AMOUNT_DIFFERS", "DOUBLED", "NET_DIFFERS", "NEW", "OTHER_ACCOUNT", "UNKNOWN"]
                ),
                name="gateway_line_to_look_at",
            ),
        ]

    def __str__(self) -> str:
        return self.transaction or self.reference or self.gateway_invoice or f"{self.statement} · {self.number}"
