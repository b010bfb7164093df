from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.merchant import Merchant
from billing.models.merchant_choices import Language
from billing.models.staff import Role, User


class Invitation(models.Model):
    """That somebody, known by e-mail only, may begin to work for a merchant. They become a person by accepting."""

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, verbose_name=_("merchant"), related_name="invitations", db_index=False
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=8, choices=Role)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    sent_at = models.DateTimeField(_("sent"), help_text=_("The link is good for three days from then on."))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("accepted by"), null=True, related_name="invitations"
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_is_one_open_per_address",
            )
        ]

    def __str__(self) -> str:
        return self.email
