"""The only ways from a person to the merchants, and so to the rows, they may reach."""

from __future__ import annotations

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from billing.models import Merchant, User

Row = TypeVar("Row", bound=Model)


def merchants_of(user: User | AnonymousUser) -> QuerySet[Merchant]:
    """The merchants this person works for; all of them for a platform administrator."""
    if isinstance(user, AnonymousUser) or not user.is_active or not user.is_staff:
        return Merchant.objects.none()
    if user.is_superuser:
        return Merchant.objects.all()
    return Merchant.objects.filter(memberships__user=user)


def rows_of(user: User | AnonymousUser, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Of these rows, each with a `merchant`, the ones of the person's merchants."""
    if user.is_superuser and user.is_active and user.is_staff:
        return rows
    return rows.filter(merchant__in=merchants_of(user))
