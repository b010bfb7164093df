"""People and their roles: what owners may do, and what is the platform's alone."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from billing.access.members import LastOwner, remove_member
from billing.models import Event, Membership, Merchant, Role, User
from tests.factories import make_merchant
from tests.invoices.acts import at_once
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
    asked = owner.get(f"{ROLES}{membership.pk}/do/remove/").content.decode()
    owner.post(f"{ROLES}{membership.pk}/do/remove/")

    assert membership.role == Role.MANAGER
    assert "A shift they have open" in asked
    assert "signed out everywhere" in asked
    assert not Membership.objects.filter(pk=membership.pk).exists()
    assert list(Event.objects.order_by("pk").values_list("name", flat=True)) == ["member_changed", "member_removed"]
    timeline = owner.get(f"/admin/billing/merchant/{merchant.pk}/change/").context["timeline"]
    assert [line.detail for line in timeline] == ["clerk-razzbery · Manager"] * 2


def test_a_person_removed_is_signed_out_unless_they_work_elsewhere_too() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    owner = signed_in(make_staff(mine))
    clerk, shared = make_staff(mine, Role.CLERK), make_staff(mine, Role.VIEWER)
    Membership.objects.create(merchant=theirs, user=shared, role=Role.CLERK)
    sessions = [signed_in(clerk), signed_in(shared)]

    for person in (clerk, shared):
        owner.post(f"{ROLES}{person.memberships.get(merchant=mine).pk}/do/remove/")

    assert [client.get("/admin/").status_code for client in sessions] == [302, 200]
    assert not Membership.objects.filter(merchant=mine, user__in=[clerk, shared]).exists()


def test_the_list_says_who_may_what_and_is_narrowed_by_it() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    owner = signed_in(make_staff(mine))
    clerk, leaver = make_staff(mine, Role.CLERK), make_staff(mine, Role.VIEWER, is_active=False)
    Membership.objects.create(merchant=theirs, user=clerk, role=Role.MANAGER)
    TOTPDevice.objects.create(user=clerk, name="phone", confirmed=True)

    def found(query: str) -> set[str]:
        return {person.username for person in owner.get(f"{PEOPLE}?{query}").context["cl"].result_list}

    page = owner.get(PEOPLE)
    shown = {person.username: person for person in page.context["cl"].result_list}

    assert [name for name, person in shown.items() if person.has_phone] == [clerk.username]
    assert [each.role for each in shown[clerk.username].roles_here] == [Role.CLERK]
    assert "theirs" not in page.content.decode()
    assert found("role=CLERK") == {clerk.username}
    assert found("role=MANAGER") == set()
    assert found("active=no") == {leaver.username}


def test_a_persons_page_leads_to_their_role_and_password_and_shows_no_hash() -> None:
    merchant = make_merchant()
    user = make_staff(merchant)
    clerk = make_staff(merchant, Role.CLERK)
    owner = signed_in(user)

    theirs = owner.get(f"{PEOPLE}{clerk.pk}/change/").content.decode()
    own = owner.get(f"{PEOPLE}{user.pk}/change/").content.decode()

    assert f'href="{PEOPLE}{clerk.pk}/password/"' in theirs
    assert f'href="{ROLES}{clerk.memberships.get().pk}/change/"' in theirs
    assert f"{PEOPLE}{user.pk}/password/" not in own
    assert f"{ROLES}{user.memberships.get().pk}/change/" not in own
    for page in (theirs, own):
        assert "argon2" not in page
        assert "Raw passwords" not in page


# --- a merchant is never without an owner who can get in


def test_nobody_switches_themselves_off() -> None:
    merchant = make_merchant()
    user = make_staff(merchant)
    make_staff(merchant, username="second")

    form = {"username": user.username, "first_name": "Rania", "email": "thief@example.com"}

    answer = signed_in(user).post(f"{PEOPLE}{user.pk}/change/", form)

    user.refresh_from_db()
    assert answer.status_code == 302
    assert (user.first_name, user.email, user.is_active) == ("Rania", "", True)


def test_the_last_owner_who_can_get_in_keeps_role_and_door() -> None:
    merchant = make_merchant()
    owner = make_staff(merchant)
    make_staff(merchant, username="gone", is_active=False)
    membership = owner.memberships.get()
    platform = signed_in(make_administrator())

    form = {"username": owner.username, "is_staff": "on"}
    off = platform.post(f"{PEOPLE}{owner.pk}/change/", form)
    lowered = platform.post(f"{ROLES}{membership.pk}/change/", {"role": Role.MANAGER})
    platform.post(f"{ROLES}{membership.pk}/do/remove/")

    assert "is_active" in off.context["adminform"].form.errors
    assert "role" in lowered.context["adminform"].form.errors
    owner.refresh_from_db()
    assert owner.is_active
    assert Membership.objects.get(pk=membership.pk).role == Role.OWNER
    assert not Event.objects.exists()

    second = make_staff(merchant, username="second")
    platform.post(f"{PEOPLE}{owner.pk}/change/", form)
    owner.refresh_from_db()
    assert (owner.is_active, second.is_active) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_the_same_instant_leave_one() -> None:
    merchant = make_merchant()
    pair = [make_staff(merchant, username=name).memberships.get() for name in ("first", "second")]

    def remove(membership: Membership) -> None:
        remove_member(merchant_id=merchant.pk, membership_id=membership.pk, actor="system", now=timezone.now())

    refused = at_once(*(partial(remove, membership) for membership in pair))

    assert [type(each) for each in refused] == [LastOwner]
    assert merchant.memberships.count() == 1


def test_nobody_changes_or_ends_their_own_membership() -> None:
    merchant = make_merchant()
    user = make_staff(merchant)
    own = user.memberships.get()
    owner = signed_in(user)

    assert owner.post(f"{ROLES}{own.pk}/change/", {"role": Role.VIEWER}).status_code == 403
    assert owner.post(f"{ROLES}{own.pk}/do/remove/").status_code == 403
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
