from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.history import ChangeHistory
from billing.models.merchant import Merchant
from billing.models.merchant_choices import Language


class User(AbstractUser):
    """A person of the office. What they see is decided by their memberships; a superuser sees every merchant."""

    language = models.CharField(
        _("language"), max_length=2, choices=Language, default="", db_default="", blank=True, editable=False
    )

    history = ChangeHistory(without=("password", "last_login"))

    class Meta(AbstractUser.Meta):
        verbose_name = _("member of staff")  # type: ignore[assignment]  # the stub of the base says str
        verbose_name_plural = _("staff")  # type: ignore[assignment]

    @property
    def display_name(self) -> str:
        """As colleagues know them; who gave no name goes by what they sign in with."""
        return self.get_full_name() or self.username


class Role(models.TextChoices):
    OWNER = "OWNER", _("Owner")
    MANAGER = "MANAGER", _("Manager")
    CASHIER = "CASHIER", _("Cashier")
    CLERK = "CLERK", _("Clerk")
    VIEWER = "VIEWER", _("Viewer")
    AUDITOR = "AUDITOR", _("Auditor")


class Membership(models.Model):
    """That a user works for a merchant, and as what."""

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, verbose_name=_("merchant"), related_name="memberships", db_index=False
    )
    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("user"), related_name="memberships")
    role = models.CharField(_("role"), max_length=8, choices=Role)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    history = ChangeHistory()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="membership_is_one_per_merchant_and_user")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.merchant} · {self.get_role_display()}"
