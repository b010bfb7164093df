from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.invitation import Invitation


class AccessMail(models.Model):
    """A letter with a link into the office, for a worker to send. Without an invitation it is about a new password."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, verbose_name=_("invitation"), null=True)
    email = models.EmailField(_("e-mail"))
    network = models.CharField(_("network"), max_length=50)
    wanted_at = models.DateTimeField(_("wanted"))
    next_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="access_mail_waiting"
            ),
            models.Index(fields=["wanted_at"], name="access_mail_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.wanted_at}"
