"""People and their roles: what owners may do, and what is the platform's alone."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Event, Membership, Merchant, Role, User
from tests.factories import make_merchant
from tests.staff import PASSWORD, make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/billing/user/"
ROLES = "/admin/billing/membership/"


def newcomer(merchant: Merchant | None, role: str = Role.CLERK, **more: Any) -> dict[str, Any]:
    return {
        "username": "newcomer",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "usable_password": "true",
        "merchant": merchant.pk if merchant else "",
        "role": role,
    } | more


def test_an_owner_adds_a_person_to_their_merchant() -> None:
    merchant = make_merchant()
    owner = make_staff(merchant)

    response = signed_in(owner).post(f"{PEOPLE}add/", newcomer(merchant))

    person = User.objects.get(username="newcomer")
    assert response.status_code == 302
    assert (person.is_staff, person.is_superuser) == (True, False)
    assert person.memberships.get().role == Role.CLERK
    event = Event.objects.get(name="member_added")
    assert (event.actor, event.details) == (f"user:{owner.pk}", {"person": "newcomer", "role": "CLERK"})


def test_an_owner_adds_nobody_to_another_merchant_nor_without_one() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    owner = signed_in(make_staff(mine))

    for merchant in (theirs, None):
        response = owner.post(f"{PEOPLE}add/", newcomer(merchant))
        assert "merchant" in response.context["adminform"].form.errors

    assert not User.objects.filter(username="newcomer").exists()


def test_an_owner_cannot_make_a_platform_administrator() -> None:
    merchant = make_merchant()
    clerk = make_staff(merchant, Role.CLERK)
    form = {"username": clerk.username, "first_name": "Lina", "last_name": "", "email": "", "is_active": "on"}

    signed_in(make_staff(merchant)).post(f"{PEOPLE}{clerk.pk}/change/", form | {"is_superuser": "on"})

    clerk.refresh_from_db()
    assert (clerk.first_name, clerk.is_superuser) == ("Lina", False)


def test_somebody_who_works_elsewhere_too_is_not_an_owners_to_lock_out() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    shared = make_staff(mine, Role.CLERK)
    Membership.objects.create(merchant=theirs, user=shared, role=Role.OWNER)
    owner = signed_in(make_staff(mine))

    assert owner.post(f"{PEOPLE}{shared.pk}/change/", {"username": "gone"}).status_code == 403
    assert owner.post(f"{PEOPLE}{shared.pk}/password/", {"password1": PASSWORD}).status_code == 403
    page = owner.get(f"{PEOPLE}{shared.pk}/change/").content.decode()
    assert "theirs" not in page


def test_a_platform_administrator_is_no_owners_to_see() -> None:
    merchant = make_merchant()
    administrator = make_administrator()
    Membership.objects.create(merchant=merchant, user=administrator, role=Role.OWNER)

    assert signed_in(make_staff(merchant)).get(f"{PEOPLE}{administrator.pk}/change/").status_code == 404


def test_an_owner_changes_and_ends_a_membership_and_both_are_in_the_timeline() -> None:
    merchant = make_merchant()
    membership = make_staff(merchant, Role.CLERK).memberships.get()
    owner = signed_in(make_staff(merchant))

    owner.post(f"{ROLES}{membership.pk}/change/", {"role": Role.MANAGER})
    membership.refresh_from_db()
    owner.post(f"{ROLES}{membership.pk}/delete/", {"post": "yes"})

    assert membership.role == Role.MANAGER
    assert not Membership.objects.filter(pk=membership.pk).exists()
    assert list(Event.objects.order_by("pk").values_list("name", flat=True)) == ["member_changed", "member_removed"]


def test_nobody_changes_or_ends_their_own_membership() -> None:
    merchant = make_merchant()
    user = make_staff(merchant)
    own = user.memberships.get()
    owner = signed_in(user)

    assert owner.post(f"{ROLES}{own.pk}/change/", {"role": Role.VIEWER}).status_code == 403
    assert owner.post(f"{ROLES}{own.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Membership.objects.get(pk=own.pk).role == Role.OWNER


def test_an_owner_gives_no_role_at_another_merchant_nor_to_a_stranger() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    user = make_staff(mine)
    stranger = make_staff(theirs, Role.CLERK)
    owner = signed_in(user)

    forged = {"merchant": theirs.pk, "user": user.pk, "role": Role.OWNER}
    assert "merchant" in owner.post(f"{ROLES}add/", forged).context["adminform"].form.errors
    forged = {"merchant": mine.pk, "user": stranger.pk, "role": Role.CLERK}
    assert "user" in owner.post(f"{ROLES}add/", forged).context["adminform"].form.errors
    assert Membership.objects.count() == 2


def test_a_person_removed_is_refused_with_their_next_request() -> None:
    merchant = make_merchant()
    user = make_staff(merchant)
    client = signed_in(user)
    assert client.get(f"/admin/billing/merchant/{merchant.pk}/change/").status_code == 200

    Membership.objects.all().delete()

    assert client.get(f"/admin/billing/merchant/{merchant.pk}/change/").status_code == 403
    assert "You do not work for any merchant yet" in client.get("/admin/").content.decode()
