"""What owners and the platform do about a person's way in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from unfold.enums import ActionVariant

from billing.access.second_factor import has_second_factor, remove_second_factor
from billing.access.sessions import end_sessions
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.people.way_in_log import record_for_person
from billing.admin.roles import Right
from billing.errors import DomainError
from billing.models import User


class NotOnesOwn(DomainError):
    code = "NOT_ONES_OWN"
    message = gettext_noop("For yourself use the page “Your account”, or ask another owner.")


class ResetSecondFactor(PageAction):
    name = "reset-second-factor"
    title = _("Reset second factor")
    right = Right.MANAGE_STAFF
    icon = "phonelink_erase"
    variant = ActionVariant.DANGER
    confirm = _("Reset it")

    def is_offered(self, row: User) -> bool:
        return has_second_factor(row)

    def consequences(self, row: User) -> Sequence[Text]:
        return [
            _("The phone and the backup codes of this person open nothing any more, and they are signed out."),
            _("Call them first: somebody who only knows the password may have asked for this."),
        ]

    def run(self, row: User, *, values: Mapping[str, Any], doer: Doer) -> str:
        if row.pk == doer.user.pk:
            raise NotOnesOwn
        with transaction.atomic():
            remove_second_factor(user=row)
            end_sessions(user=row, now=doer.now)
            record_for_person(row, "second_factor_reset", actor=doer.actor)
        return gettext_now("%(name)s signs in with the password alone next time, and sets up a phone.") % {
            "name": row.username
        }


class SignOut(PageAction):
    name = "sign-out"
    title = _("Sign out everywhere")
    right = Right.MANAGE_STAFF
    icon = "logout"
    is_rare = True
    confirm = _("Sign this person out")

    def consequences(self, row: User) -> Sequence[Text]:
        return [_("Whatever this person has open asks for the password again; what is not saved there is lost.")]

    def run(self, row: User, *, values: Mapping[str, Any], doer: Doer) -> str:
        if row.pk == doer.user.pk:
            raise NotOnesOwn
        with transaction.atomic():
            end_sessions(user=row, now=doer.now)
            record_for_person(row, "signed_out", actor=doer.actor)
        return gettext_now("%(name)s is signed out.") % {"name": row.username}
