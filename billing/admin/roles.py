"""Who may do what in the office: one table, asked by every screen and action."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from billing.models import Membership, Merchant, Role, User
from billing.services.second_persons import APPROVERS
from billing.tenancy import merchants_of

Row = TypeVar("Row", bound=Model)


class Right(enum.Enum):
    """Something a member of staff may or may not do for one merchant."""

    SEE = gettext_noop("see documents, customers and payments")
    SEE_SETUP = gettext_noop("see the merchant's settings, staff, keys and gateway account")
    SEE_REPORTS = gettext_noop("see reports and take them away as files")
    TAKE_PAYMENT = gettext_noop("record cash and transfers")
    REQUEST_REFUND = gettext_noop("ask for refunds and credits, and give approved refunds back")
    APPROVE = gettext_noop("approve, reject and stop what others ask for: refunds, credits, and large changes")
    OVERSEE_SHIFTS = gettext_noop("close other people's shifts")
    ADD_NOTES = gettext_noop("add notes to customers and documents")
    SEND = gettext_noop("issue, renew and resend invoices, and decide on unknown ones")
    CANCEL = gettext_noop("cancel bills and invoices")
    ADD_BILLS = gettext_noop("make bills by hand")
    CHANGE_BILLS = gettext_noop("change the amount or the due date of bills")
    MANAGE_PLANS = gettext_noop("pause, resume and cancel subscriptions")
    IMPORT = gettext_noop("import files of bills, customers and subscriptions")
    RECONCILE = gettext_noop("import the gateway's statements, compare and withdraw them")
    EXPORT = gettext_noop("take whole lists away as files")
    MERGE_CUSTOMERS = gettext_noop("merge customers who are one person")
    FORGET_CUSTOMERS = gettext_noop("forget a customer's personal data for good")
    CHANGE_MERCHANT = gettext_noop("change the merchant's settings")
    SET_SECOND_PERSON = gettext_noop("say from which amount a second person is needed")
    MANAGE_STAFF = gettext_noop("add people and change their roles")
    MANAGE_API_KEYS = gettext_noop("issue and revoke API keys")
    MANAGE_WEBHOOKS = gettext_noop("add, pause and remove webhooks, and send to them again")
    MANAGE_GATEWAY = gettext_noop("set up, unpark and replace the gateway account")


ROLES_WITH: Final[Mapping[Right, frozenset[Role]]] = {
    Right.SEE: frozenset(Role),
    Right.SEE_SETUP: frozenset({Role.OWNER, Role.MANAGER, Role.AUDITOR}),
    Right.SEE_REPORTS: frozenset({Role.OWNER, Role.MANAGER, Role.AUDITOR}),
    Right.TAKE_PAYMENT: frozenset({Role.OWNER, Role.MANAGER, Role.CASHIER}),
    Right.REQUEST_REFUND: frozenset({Role.OWNER, Role.MANAGER, Role.CASHIER}),
    Right.APPROVE: APPROVERS,
    Right.OVERSEE_SHIFTS: frozenset({Role.OWNER, Role.MANAGER}),
    Right.ADD_NOTES: frozenset({Role.OWNER, Role.MANAGER, Role.CASHIER, Role.CLERK}),
    Right.SEND: frozenset({Role.OWNER, Role.MANAGER, Role.CLERK}),
    Right.CANCEL: frozenset({Role.OWNER, Role.MANAGER, Role.CLERK}),
    Right.ADD_BILLS: frozenset({Role.OWNER, Role.MANAGER, Role.CLERK}),
    Right.CHANGE_BILLS: frozenset({Role.OWNER, Role.MANAGER}),
    Right.MANAGE_PLANS: frozenset({Role.OWNER, Role.MANAGER}),
    Right.IMPORT: frozenset({Role.OWNER, Role.MANAGER, Role.CLERK}),
    Right.RECONCILE: frozenset({Role.OWNER, Role.MANAGER}),
    # Whoever only looks things up one by one does not carry the customers out of the house.
    Right.EXPORT: frozenset(set(Role) - {Role.VIEWER}),
    Right.MERGE_CUSTOMERS: frozenset({Role.OWNER, Role.MANAGER}),
    Right.FORGET_CUSTOMERS: frozenset({Role.OWNER}),
    Right.CHANGE_MERCHANT: frozenset({Role.OWNER, Role.MANAGER}),
    Right.SET_SECOND_PERSON: frozenset({Role.OWNER}),
    Right.MANAGE_STAFF: frozenset({Role.OWNER}),
    Right.MANAGE_API_KEYS: frozenset({Role.OWNER}),
    Right.MANAGE_WEBHOOKS: frozenset({Role.OWNER}),
    Right.MANAGE_GATEWAY: frozenset({Role.OWNER}),
}


@dataclass(frozen=True, kw_only=True)
class Rights:
    """One person's roles by merchant id, and their time zones; `is_platform` is an administrator of all of them."""

    roles: Mapping[int, str]
    is_platform: bool
    time_zones: frozenset[str] = frozenset()
    only_merchant: Merchant | None = None

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
        rights = read_rights(request.user)
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


def rows_of(request: HttpRequest, rows: QuerySet[Row]) -> QuerySet[Row]:
    """
    Of these rows, each with a `merchant`, the ones of the person's merchants, named by their ids.

    A subquery would hide from the planner which merchant's rows a list is about.
    """
    rights = rights_of(request)
    return rows if rights.is_platform else rows.filter(merchant_id__in=list(rights.roles))


def read_rights(user: User | AnonymousUser) -> Rights:
    """As they are now: for work that goes on after its request."""
    if not user.is_active or not user.is_staff:
        return Rights(roles={}, is_platform=False)
    if user.is_superuser:
        zones = Merchant.objects.order_by().values_list("time_zone", flat=True).distinct()[:2]
        return Rights(roles={}, is_platform=True, time_zones=frozenset(zones))
    found = list(Membership.objects.filter(user_id=user.pk).select_related("merchant"))
    return Rights(
        roles={each.merchant_id: each.role for each in found},
        is_platform=False,
        time_zones=frozenset(each.merchant.time_zone for each in found),
        only_merchant=found[0].merchant if len(found) == 1 else None,
    )
