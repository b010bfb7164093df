from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.staff import User


class EmailChange(models.Model):
    """
    An address that waits to be confirmed by whoever it belongs to; until then the person keeps the old one.

    Of several the newest counts. They are gone once one is confirmed, or all are too old.
    """

    person = models.ForeignKey(User, models.CASCADE, verbose_name=_("person"), related_name="email_changes")
    email = models.EmailField(_("e-mail"))
    asked_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("e-mail change")
        verbose_name_plural = _("e-mail changes")
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="email_change_waiting"
            )
        ]

    def __str__(self) -> str:
        return self.email
