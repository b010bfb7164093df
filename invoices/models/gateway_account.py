from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.fields import EncryptedTextField
from billing.models import Currency, Merchant
from billing.models.history import ChangeHistory

SECRETS: Final = ("access_code", "secret_key", "iv_key", "login_password")
# What changes with every call, not by a person.
RUNNING: Final = (
    "parked_at",
    "parked_reason",
    "consecutive_failures",
    "breaker_open_until",
    "paused_until",
    "recovering_since",
    "paced_until",
)


class GatewayAccountQuerySet(models.QuerySet["GatewayAccount"]):
    def current(self) -> GatewayAccountQuerySet:
        return self.filter(replaced_at=None)


class GatewayAccount(models.Model):
    """
    A merchant's account at an invoice gateway.

    Invoices stay with the account they were sent through: changing to another gateway account makes a new row and
    closes this one, or an invoice of the old account would look as if it had never been sent.
    """

    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="gateway_accounts")
    base_url = models.CharField(_("merchant API address"), max_length=300)
    payment_base_url = models.CharField(_("payment gateway address"), max_length=300)
    merchant_code = models.CharField(_("merchant code"), max_length=40)
    access_code = EncryptedTextField(_("access code"))
    secret_key = EncryptedTextField(_("secret key"))
    iv_key = EncryptedTextField(_("IV key"))
    login_username = models.CharField(_("panel user"), max_length=150, blank=True)
    login_password = EncryptedTextField(_("panel password"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    link_hosts = models.JSONField(
        _("hosts of payment links"),
        default=list,
        blank=True,
        help_text=_("Hosts a payment link may lead to besides the two above; *.example.com covers subdomains."),
    )

    pay_types = models.JSONField(_("payment types"), default=list, blank=True)
    pay_types_as_array = models.BooleanField(_("payment types as an array"), default=True)
    country_code_with_plus = models.BooleanField(_("country code with +"), default=True)
    sends_webhook_url = models.BooleanField(_("send our webhook address with each invoice"), default=False)
    puts_page_in_description = models.BooleanField(_("put our payment page into the description"), default=False)
    can_enquire = models.BooleanField(
        _("invoices can be looked up"), default=True, help_text=_("Off: unknown outcomes wait for a person.")
    )
    concurrency_limit = models.PositiveSmallIntegerField(_("calls at once"), null=True, blank=True)

    recovery_rate = models.PositiveSmallIntegerField(
        _("calls a second after an outage"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("What waited is sent no faster than this. Empty: the usual."),
    )

    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)
    parked_at = models.DateTimeField(_("parked"), null=True, blank=True, editable=False)
    parked_reason = models.CharField(_("parked because"), max_length=300, blank=True, editable=False)
    consecutive_failures = models.PositiveIntegerField(default=0, editable=False)
    breaker_open_until = models.DateTimeField(_("calls stopped until"), null=True, blank=True, editable=False)
    paused_until = models.DateTimeField(_("asked to wait until"), null=True, blank=True, editable=False)
    recovering_since = models.DateTimeField(_("recovering since"), null=True, blank=True, editable=False)
    paced_until = models.DateTimeField(null=True, editable=False)

    objects = GatewayAccountQuerySet.as_manager()
    history = ChangeHistory(without=(*SECRETS, *RUNNING))

    class Meta:
        verbose_name = _("gateway account")
        verbose_name_plural = _("gateway accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"],
                condition=Q(replaced_at__isnull=True),
                name="gateway_account_is_one_per_merchant",
            )
        ]

    def __str__(self) -> str:
        return f"{self.merchant} · {self.merchant_code}"

    def clean(self) -> None:
        if self.merchant_id and self.currency != self.merchant.currency:
            raise ValidationError({"currency": _("The gateway account must have the merchant's own currency.")})

    @property
    def allowed_link_hosts(self) -> list[str]:
        own = [urlsplit(address).hostname or "" for address in (self.base_url, self.payment_base_url)]
        return [*filter(None, own), *self.link_hosts]
