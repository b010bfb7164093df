"""Who may do what in the office: one table, asked by every screen and action."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest

from billing.models import Membership, Merchant, Role, User
from billing.tenancy import merchants_of


class Right(enum.Enum):
    """Something a member of staff may or may not do for one merchant."""

    SEE = "see documents, customers and payments"
    SEE_SETUP = "see the merchant's settings, staff, keys and gateway account"
    TAKE_PAYMENT = "record cash and transfers"
    SEND = "issue, renew and resend invoices, and decide on unknown ones"
    CANCEL = "cancel bills and invoices"
    CHANGE_BILLS = "change the amount or the due date of bills"
    MANAGE_PLANS = "pause, resume and cancel subscriptions"
    CHANGE_MERCHANT = "change the merchant's settings"
    MANAGE_STAFF = "add people and change their roles"
    MANAGE_API_KEYS = "issue and revoke API keys"
    MANAGE_GATEWAY = "set up, unpark and replace the gateway account"


ROLES_WITH: Final[Mapping[Right, frozenset[Role]]] = {
    Right.SEE: frozenset(Role),
    Right.SEE_SETUP: frozenset({Role.OWNER, Role.MANAGER, Role.AUDITOR}),
    Right.TAKE_PAYMENT: frozenset({Role.OWNER, Role.MANAGER, Role.CASHIER}),
    Right.SEND: frozenset({Role.OWNER, Role.MANAGER, Role.CLERK}),
    Right.CANCEL: frozenset({Role.OWNER, Role.MANAGER, Role.CLERK}),
    Right.CHANGE_BILLS: frozenset({Role.OWNER, Role.MANAGER}),
    Right.MANAGE_PLANS: frozenset({Role.OWNER, Role.MANAGER}),
    Right.CHANGE_MERCHANT: frozenset({Role.OWNER, Role.MANAGER}),
    Right.MANAGE_STAFF: frozenset({Role.OWNER}),
    Right.MANAGE_API_KEYS: frozenset({Role.OWNER}),
    Right.MANAGE_GATEWAY: frozenset({Role.OWNER}),
}


@dataclass(frozen=True, kw_only=True)
class Rights:
    """One person's roles by merchant id; `is_platform` is an administrator of all of them."""

    roles: Mapping[int, str]
    is_platform: bool

    def allow(self, right: Right, merchant_id: int | None = None) -> bool:
        """Whether they may, for this merchant; without one, for any at all."""
        if self.is_platform:
            return True
        if merchant_id is None:
            return any(role in ROLES_WITH[right] for role in self.roles.values())
        return self.roles.get(merchant_id) in ROLES_WITH[right]

    def merchant_ids(self, right: Right) -> list[int]:
        """The merchants they may do it for; meaningless for the platform, which may for all."""
        return [merchant_id for merchant_id, role in self.roles.items() if role in ROLES_WITH[right]]


def rights_of(request: HttpRequest) -> Rights:
    """Read once for each request, so that a membership taken away ends with the request under way."""
    rights = getattr(request, "office_rights", None)
    if not isinstance(rights, Rights):
        rights = _read_rights(request)
        request.office_rights = rights  # type: ignore[attr-defined]
    return rights


def staff_of(request: HttpRequest) -> User:
    """The person at work: an admin page is never shown to anybody else."""
    assert isinstance(request.user, User)
    return request.user


def merchants_where(request: HttpRequest, right: Right) -> QuerySet[Merchant]:
    """The merchants for which this person has the right."""
    merchants = merchants_of(request.user)
    rights = rights_of(request)
    return merchants if rights.is_platform else merchants.filter(pk__in=rights.merchant_ids(right))


def _read_rights(request: HttpRequest) -> Rights:
    user = request.user
    if not user.is_active or not user.is_staff:
        return Rights(roles={}, is_platform=False)
    if user.is_superuser:
        return Rights(roles={}, is_platform=True)
    memberships = Membership.objects.filter(user_id=user.pk).values_list("merchant_id", "role")
    return Rights(roles=dict(memberships), is_platform=False)
