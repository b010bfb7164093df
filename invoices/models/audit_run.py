from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.instant_text import instant_text
from billing.models import Merchant


class AuditRun(models.Model):
    """One run of the audit over all merchants."""

    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    periods = models.PositiveIntegerField(_("periods"), default=0)
    documents = models.PositiveIntegerField(_("documents"), default=0)
    differences_found = models.PositiveIntegerField(_("differences"), default=0)

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return instant_text(self.started_at)


class AuditDifference(models.Model):
    """Something that an audit found not to be as it should."""

    run = models.ForeignKey(AuditRun, models.CASCADE, verbose_name=_("audit"), related_name="differences")
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), null=True, related_name="+", db_index=False
    )
    invariant = models.CharField(_("rule"), max_length=8)
    subject = models.CharField(_("subject"), max_length=40)
    subject_id = models.BigIntegerField(_("subject's id"))
    problem = models.CharField(_("problem"), max_length=500)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
