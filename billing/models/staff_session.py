from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.staff import User


class StaffSession(models.Model):
    """One signing-in of a person: where from, with what, and until when. Its session ends with it."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("user"), related_name="staff_sessions")
    session_key = models.CharField(max_length=40, editable=False)
    network = models.CharField(_("network"), max_length=50)
    user_agent = models.CharField(_("device"), max_length=300)
    started_at = models.DateTimeField(_("signed in"))
    last_seen_at = models.DateTimeField(_("last seen"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [models.UniqueConstraint(fields=["session_key"], name="staff_session_key_is_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.started_at}"
