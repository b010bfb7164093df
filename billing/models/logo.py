from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.merchant import Merchant


class Logo(models.Model):
    """A merchant's logo as customers' pages and documents show it: kept small, in a row of its own."""

    merchant = models.OneToOneField(Merchant, models.CASCADE, verbose_name=_("merchant"), related_name="logo")
    image = models.BinaryField()
    media_type = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the image, in hexadecimal."))
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self) -> str:
        return str(self.merchant)
