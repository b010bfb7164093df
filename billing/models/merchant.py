from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.fields import MoneyField
from billing.identifiers import is_username
from billing.midnights import midnight
from billing.models.history import ChangeHistory
from billing.models.merchant_choices import CatchUp, Channel, Currency, Language, Weekend
from billing.money import CURRENCY_DECIMALS, ZERO

if TYPE_CHECKING:
    from datetime import date


def validate_username(value: str) -> None:
    if not is_username(value):
        raise ValidationError(
            _("3 to 32 of a-z, 0-9, _ and -, starting with a letter or digit, and not a reserved word.")
        )


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("Not a time zone: use a name such as Asia/Amman."))


class Merchant(models.Model):
    """A business that bills its customers through us: the tenant every other row belongs to."""

    username = models.CharField(_("username"), max_length=32, validators=[validate_username])
    name_en = models.CharField(_("name in English"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.JOD)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Amman", validators=[validate_time_zone])
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ARABIC)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.SMS)
    help_phone = models.CharField(_("phone for help"), max_length=20, blank=True)
    issue_days_ahead = models.PositiveSmallIntegerField(
        _("days ahead"), default=3, help_text=_("How many days before its due date an installment is invoiced.")
    )
    link_valid_days = models.PositiveSmallIntegerField(
        _("days a link stays valid"),
        default=30,
        validators=[MinValueValidator(1)],
        help_text=_("Counted from the due date, or from today if that is later."),
    )
    bills_per_hour = models.PositiveIntegerField(
        _("bills per hour"), default=100, help_text=_("Posted to the API. 0 means no limit.")
    )
    subscriptions_per_hour = models.PositiveIntegerField(
        _("subscriptions per hour"), default=50, help_text=_("Posted to the API. 0 means no limit.")
    )
    catch_up_after = models.PositiveSmallIntegerField(
        _("missed periods accepted"),
        default=3,
        db_default=3,
        help_text=_("A plan that has missed more periods than this is caught up as chosen below."),
    )
    catch_up = models.CharField(
        _("catching up"), max_length=9, choices=CatchUp, default=CatchUp.HOLD, db_default=CatchUp.HOLD
    )
    messages_per_day = models.PositiveSmallIntegerField(
        _("messages per customer and day"),
        default=10,
        db_default=10,
        help_text=_("What is beyond waits for a person. 0 means no limit."),
    )
    falls_back = models.BooleanField(
        _("other channels are tried"),
        default=True,
        db_default=True,
        help_text=_("When the gateway refuses a channel: SMS, then WhatsApp, e-mail, and the bare link."),
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    weekend = models.CharField(
        _("weekend"), max_length=7, choices=Weekend, default=Weekend.FRIDAY_SATURDAY, db_default=Weekend.FRIDAY_SATURDAY
    )
    is_quiet_on_weekend = models.BooleanField(_("quiet on the weekend"), default=False, db_default=False)
    reminders_at_most = models.PositiveSmallIntegerField(
        _("reminders at most"), default=5, db_default=5, help_text=_("For one bill or installment.")
    )
    help_whatsapp = models.CharField(
        _("WhatsApp for help"),
        max_length=20,
        default="",
        db_default="",
        blank=True,
        help_text=_("In international form: +962777839071. Empty: customers are not offered WhatsApp."),
    )
    shows_hijri_date = models.BooleanField(
        _("Hijri dates too"), default=False, db_default=False, help_text=_("Beside the Gregorian ones.")
    )
    asks_phone_digits = models.BooleanField(
        _("customers confirm their phone"),
        default=False,
        db_default=False,
        help_text=_("A customer's own page asks for the last three digits of the phone first."),
    )
    sends_receipts = models.BooleanField(
        _("receipts by e-mail"),
        default=False,
        db_default=False,
        help_text=_("Each payment is confirmed to customers whose e-mail address is known."),
    )
    second_person_above = MoneyField(
        _("second person above"),
        default=ZERO,
        db_default=0,
        help_text=_(
            "A refund, or a list marked as paid, of more than this is approved by somebody else. 0 means each of them."
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    history = ChangeHistory()

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(fields=["username"], name="merchant_username_is_unique"),
            models.CheckConstraint(
                condition=models.Q(currency__in=list(CURRENCY_DECIMALS)), name="merchant_currency_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~models.Q(quiet_from=F("quiet_until")),
                name="merchant_quiet_hours_begin_and_end",
                violation_error_message=_(
                    "Quiet hours need both a beginning and an end, and the two must differ. Leave both empty for none."
                ),
            ),
        ]

    def __str__(self) -> str:
        """Its name in the reader's language; the username is for the API and for addresses."""
        return self.name_in(get_language() or self.language)

    def name_in(self, language: str) -> str:
        return (self.name_ar if language == Language.ARABIC else self.name_en) or self.name_en

    def local_date(self, instant: datetime) -> date:
        """The merchant's own day at this instant: what "today" means for its bills."""
        return instant.astimezone(ZoneInfo(self.time_zone)).date()

    def day_began(self, instant: datetime) -> datetime:
        """Midnight of that day."""
        return self.day_begins(self.local_date(instant))

    def day_begins(self, day: date) -> datetime:
        """The instant at which this local day begins."""
        return midnight(day, ZoneInfo(self.time_zone))
