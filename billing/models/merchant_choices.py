"""What a merchant chooses among: its currency, channels, languages, weekend, and what becomes of missed periods."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Currency(models.TextChoices):
    JOD = "JOD", _("Jordanian dinar")
    KWD = "KWD", _("Kuwaiti dinar")
    BHD = "BHD", _("Bahraini dinar")
    OMR = "OMR", _("Omani rial")
    SAR = "SAR", _("Saudi riyal")
    AED = "AED", _("UAE dirham")
    QAR = "QAR", _("Qatari riyal")


class Channel(models.TextChoices):
    """How a customer receives an invoice."""

    SMS = "SMS", _("SMS")
    WHATSAPP = "WHATSAPP", _("WhatsApp")
    EMAIL = "EMAIL", _("E-mail")
    LINK = "LINK", _("Link")


class CatchUp(models.TextChoices):
    """What becomes of the periods a plan has missed, where they are more than the merchant accepts."""

    ISSUE_ALL = "ISSUE_ALL", _("Invoice all of them")
    HOLD = "HOLD", _("Hold them for approval")
    LATEST = "LATEST", _("Invoice only the latest")


class Weekend(models.TextChoices):
    FRIDAY = "FRIDAY", _("Friday")
    FRIDAY_SATURDAY = "FRI_SAT", _("Friday and Saturday")
    SATURDAY_SUNDAY = "SAT_SUN", _("Saturday and Sunday")

    @property
    def days(self) -> frozenset[int]:
        """The days as ISO weekdays, Monday being 1."""
        return {
            Weekend.FRIDAY: frozenset({5}),
            Weekend.FRIDAY_SATURDAY: frozenset({5, 6}),
            Weekend.SATURDAY_SUNDAY: frozenset({6, 7}),
        }[self]


class Language(models.TextChoices):
    ARABIC = "ar", _("Arabic")
    ENGLISH = "en", _("English")
