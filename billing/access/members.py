"""Who works for a merchant: there is always an owner who can get in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.access.sessions import end_sessions
from billing.errors import DomainError
from billing.models import Event, Membership, Role, User
from billing.services import record_event


class LastOwner(DomainError):
    code = "LAST_OWNER"
    message = gettext_noop("Nobody else is an active owner of this merchant. Make somebody else an owner first.")


class WorksHereNoMore(DomainError):
    code = "WORKS_HERE_NO_MORE"
    message = gettext_noop("This person does not work here any more. Look at the list again.")


def require_another_owner(*, person: User, merchant_ids: Collection[int]) -> None:
    """
    Hold these merchants' memberships, and make sure that each keeps an owner when this person is none any more.

    Two owners who take each other's place at the same instant meet at the locks, which all take in one order.

    :raises LastOwner: for one of them nobody but this person is an owner who can sign in
    """
    members = Membership.objects.filter(merchant_id__in=merchant_ids)
    list(members.order_by("merchant_id", "pk").select_for_update().values_list("pk"))
    owners = members.filter(role=Role.OWNER, user__is_active=True, user__is_staff=True)
    theirs = set(owners.filter(user=person).values_list("merchant_id", flat=True))
    if theirs - set(owners.exclude(user=person).values_list("merchant_id", flat=True)):
        raise LastOwner


@transaction.atomic
def remove_member(*, merchant_id: int, membership_id: int, actor: str, now: datetime) -> bool:
    """
    The person does not work for the merchant any more; whether that signed them out, for they work for nobody else.

    :raises LastOwner:
    :raises WorksHereNoMore: somebody else has removed them
    """
    membership = Membership.objects.select_related("user").filter(merchant_id=merchant_id, pk=membership_id).first()
    if membership is None:
        raise WorksHereNoMore
    person = membership.user
    require_another_owner(person=person, merchant_ids=[merchant_id])
    record_membership(membership, "member_removed", actor=actor)
    if not membership.delete()[0]:
        raise WorksHereNoMore
    is_out = not (person.is_superuser or person.memberships.exists())
    if is_out:
        end_sessions(user=person, now=now)
    return is_out


def record_membership(membership: Membership, name: str, *, actor: str) -> None:
    record_event(
        merchant_id=membership.merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=membership.merchant_id,
        name=name,
        actor=actor,
        person=membership.user.username,
        role=membership.role,
    )
