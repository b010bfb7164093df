"""Who may do what: the table, written out a second time."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from billing.admin.roles import ROLES_WITH, Right, rights_of
from billing.models import Membership, Role
from tests.factories import make_merchant
from tests.staff import make_administrator, make_staff

EXPECTED = {
    Role.OWNER: set(Right),
    Role.MANAGER: set(Right)
    - {
        Right.FORGET_CUSTOMERS,
        Right.SET_SECOND_PERSON,
        Right.MANAGE_STAFF,
        Right.MANAGE_API_KEYS,
        Right.MANAGE_WEBHOOKS,
        Right.MANAGE_GATEWAY,
    },
    Role.CASHIER: {Right.SEE, Right.TAKE_PAYMENT, Right.REQUEST_REFUND, Right.ADD_NOTES, Right.EXPORT},
    Role.CLERK: {Right.SEE, Right.SEND, Right.CANCEL, Right.ADD_BILLS, Right.ADD_NOTES, Right.IMPORT, Right.EXPORT},
    Role.VIEWER: {Right.SEE},
    Role.AUDITOR: {Right.SEE, Right.SEE_SETUP, Right.SEE_REPORTS, Right.EXPORT},
}


@pytest.mark.parametrize("role", Role)
def test_a_role_has_exactly_its_rights(role: Role) -> None:
    assert {right for right, roles in ROLES_WITH.items() if role in roles} == EXPECTED[role]


def test_every_right_is_in_the_table() -> None:
    assert set(ROLES_WITH) == set(Right)


@pytest.mark.django_db
def test_rights_are_counted_for_each_merchant_apart() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    user = make_staff(mine, Role.OWNER)
    Membership.objects.create(merchant=theirs, user=user, role=Role.VIEWER)
    request = RequestFactory().get("/")
    request.user = user

    rights = rights_of(request)

    assert rights.allow(Right.MANAGE_API_KEYS, mine.pk)
    assert not rights.allow(Right.MANAGE_API_KEYS, theirs.pk)
    assert rights.merchant_ids(Right.MANAGE_API_KEYS) == [mine.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_somebody_who_is_no_longer_staff_has_no_rights(change: dict[str, bool]) -> None:
    user = make_staff(make_merchant(), Role.OWNER)
    for name, value in change.items():
        setattr(user, name, value)
    request = RequestFactory().get("/")
    request.user = user

    assert not any(rights_of(request).allow(right) for right in Right)


@pytest.mark.django_db
def test_a_platform_administrator_has_every_right_everywhere() -> None:
    request = RequestFactory().get("/")
    request.user = make_administrator()

    assert all(rights_of(request).allow(right, make_merchant(f"m-{right.name.lower()[:20]}").pk) for right in Right)
