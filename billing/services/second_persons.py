"""The second pair of eyes: from which amount it is needed, who can be it, and who is alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Membership, Merchant, Role, User

APPROVERS: Final = frozenset({Role.OWNER, Role.MANAGER})


class SecondPersonNeeded(DomainError):
    code = "SECOND_PERSON_NEEDED"
    message = gettext_noop("This is approved by somebody else than who asked for it. Ask a colleague to approve it.")


def needs_second_person(merchant: Merchant, amount: Decimal) -> bool:
    """Above the merchant's limit; a limit of nothing means every amount."""
    limit: Decimal = merchant.second_person_above
    return amount > limit


def has_no_second_person(*, merchant_id: int, user: User) -> bool:
    """
    Whether this person is an owner of the merchant and nobody else could approve what they ask for.

    Administrators of the platform do not count: they are no colleagues.
    """
    others = Membership.objects.filter(
        merchant_id=merchant_id, role__in=APPROVERS, user__is_active=True, user__is_staff=True
    ).exclude(user=user)
    owner = Membership.objects.filter(merchant_id=merchant_id, role=Role.OWNER, user=user)
    return owner.exists() and not others.exists()


def approves_alone(*, merchant_id: int, asked_by_id: int, user: User) -> bool:
    """
    Whether who approves it is who asked for it.

    :raises SecondPersonNeeded: they are, and somebody else could approve it
    """
    if asked_by_id != user.pk:
        return False
    if not has_no_second_person(merchant_id=merchant_id, user=user):
        raise SecondPersonNeeded
    return True
