from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.history import ChangeHistory
from billing.models.merchant import Merchant


class ApiKey(models.Model):
    """
    A key with which a merchant's system calls the API.

    Only a keyed hash is kept: the key itself is random and long, so a slow hash would add nothing but load.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, verbose_name=_("merchant"), related_name="api_keys")
    prefix = models.CharField(_("prefix"), max_length=12)
    digest = models.CharField(max_length=64, editable=False)
    label = models.CharField(_("label"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    history = ChangeHistory(without=("digest", "last_used_at"))

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="api_key_digest_is_unique"),
            models.UniqueConstraint(fields=["prefix"], name="api_key_prefix_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"
