"""An invitation: what its letter opens, for whom, how often, and who may send one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.access.invitations import revoke_invitation, send_invitation_again, token_of
from billing.models import AccessMail, Event, Invitation, Membership, Merchant, Role, User
from tests.billing.access.door import is_in, sign_in
from tests.billing.access.letters import NEW, delivered, link_in
from tests.factories import make_merchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


INVITE = "/admin/billing/invitation/add/"


def invited(merchant: Merchant, **more: Any) -> str:
    """The link in the letter to a newcomer."""
    form = {"email": "new@example.com", "merchant": merchant.pk, "role": Role.CLERK, "language": "en"}
    signed_in(User.objects.filter(username="owner").first() or make_staff(merchant, username="owner")).post(
        INVITE, form | more
    )
    (letter,) = delivered()
    return link_in(letter)


@contextmanager
def invited_first(merchant: Merchant) -> Iterator[None]:
    """Somebody else's invitation, made between another's look for one and its own."""

    def write(sender: Any, instance: Invitation, **kwargs: Any) -> None:
        of_another = {"merchant": merchant, "role": Role.VIEWER, "language": "en", "sent_at": timezone.now()}
        Invitation.objects.bulk_create([Invitation(email=instance.email, **of_another)])

    pre_save.connect(write, sender=Invitation)
    try:
        yield
    finally:
        pre_save.disconnect(write, sender=Invitation)


def newcomer(**more: Any) -> dict[str, Any]:
    return {"first_name": "Omar", "username": "omar", "password1": NEW, "password2": NEW} | more


def test_an_invited_person_names_themselves_and_works_there(client: Client) -> None:
    merchant = make_merchant()
    link = invited(merchant)

    page = client.get(link)
    answer = client.post(link, newcomer(email="other@example.com", role="OWNER", is_superuser="on"))

    assert "Razzbery Solutions" in page.content.decode()
    person = User.objects.get(username="omar")
    assert answer["Location"] == "/admin/login/"
    assert (person.email, person.is_staff, person.is_superuser) == ("new@example.com", True, False)
    assert person.memberships.get().role == Role.CLERK
    assert [event.name for event in Event.objects.order_by("pk")][-2:] == ["invited", "invitation_accepted"]
    sign_in(client, "omar", NEW)
    assert is_in(client)


def test_an_invitation_is_accepted_once(client: Client) -> None:
    link = invited(make_merchant())
    client.post(link, newcomer())

    answer = client.post(link, newcomer(username="second"))

    assert answer.status_code == 410
    assert not User.objects.filter(username="second").exists()


def test_a_weak_password_or_a_taken_name_makes_nobody(client: Client) -> None:
    link = invited(make_merchant())

    for entries in (newcomer(password1="12345678", password2="12345678"), newcomer(username="owner")):
        assert client.post(link, entries).context["form"].errors

    assert Membership.objects.count() == 1
    assert Invitation.objects.get().accepted_at is None


def test_an_invitation_is_good_for_three_days(client: Client) -> None:
    invited(make_merchant())
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=3, seconds=1))
    link = reverse("admin:accept_invitation", args=[token_of(Invitation.objects.get())])

    assert client.get(link).status_code == 410
    assert client.post(link, newcomer()).status_code == 410

    assert not User.objects.filter(username="omar").exists()


def test_a_revoked_invitation_opens_nothing(client: Client) -> None:
    merchant = make_merchant()
    link = invited(merchant)
    invitation = Invitation.objects.get()

    signed_in(User.objects.get(username="owner")).post(f"/admin/billing/invitation/{invitation.pk}/do/revoke/")

    assert client.get(link).status_code == 410
    assert client.post(link, newcomer()).status_code == 410
    assert Membership.objects.count() == 1


def test_sending_again_voids_the_earlier_link(client: Client) -> None:
    merchant = make_merchant()
    earlier = invited(merchant)
    invitation = Invitation.objects.get()

    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        signed_in(User.objects.get(username="owner")).post(f"/admin/billing/invitation/{invitation.pk}/do/send-again/")
        (letter,) = delivered()

        assert client.get(earlier).status_code == 410
        assert client.get(link_in(letter)).status_code == 200


@pytest.mark.parametrize("token", ["x", "W10:1vM:x", "%00", "WzEsMV0"])
def test_a_made_up_link_opens_nothing(token: str, client: Client) -> None:
    assert client.get(f"/admin/door/invitation/{token}/").status_code == 410


def test_who_has_an_account_accepts_with_it_and_nobody_else_does(client: Client) -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    person = make_staff(theirs, email="new@example.com", username="person")
    other = make_staff(theirs, Role.CLERK, email="other@example.com")
    link = invited(mine)

    for somebody_else in (client, signed_in(other)):
        page = somebody_else.post(link, newcomer())
        assert "exists. Sign in with it" in page.content.decode()
    assert not Membership.objects.filter(merchant=mine).exclude(user__username="owner").exists()
    signed_in(person).post(link)

    assert person.memberships.get(merchant=mine).role == Role.CLERK
    assert not User.objects.filter(username="omar").exists()


def test_an_owner_invites_to_their_own_merchant_only() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    form = {"email": "new@example.com", "role": Role.OWNER, "language": "en"}

    answer = signed_in(make_staff(mine)).post(INVITE, form | {"merchant": theirs.pk})

    assert "merchant" in answer.context["form"].errors
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_only_owners_invite(role: Role) -> None:
    merchant = make_merchant()
    form = {"email": "new@example.com", "merchant": merchant.pk, "role": Role.OWNER, "language": "en"}

    assert signed_in(make_staff(merchant, role)).post(INVITE, form).status_code == 403
    assert not Invitation.objects.exists()


def test_who_works_here_already_is_not_invited(client: Client) -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    make_staff(mine, Role.VIEWER, email="Lina@example.com")
    make_staff(theirs, Role.VIEWER, email="other@example.com")
    owner = signed_in(make_staff(mine, username="owner"))
    form = {"merchant": mine.pk, "role": Role.CLERK, "language": "en"}

    refused = owner.post(INVITE, form | {"email": "lina@Example.com"})
    elsewhere = owner.post(INVITE, form | {"email": "other@example.com"})

    assert "look under Roles" in refused.content.decode()
    assert elsewhere.status_code == 302
    assert [each.email for each in Invitation.objects.all()] == ["other@example.com"]


def test_an_invitations_page_tells_of_it_alone() -> None:
    merchant = make_merchant()
    invited(merchant)
    invited(merchant, email="other@example.com")
    invitation = Invitation.objects.get(email="new@example.com")

    owner = signed_in(User.objects.get(username="owner"))
    page = owner.get(f"/admin/billing/invitation/{invitation.pk}/change/")

    assert [line.detail for line in page.context["timeline"]] == ["new@example.com · Clerk"]


def test_an_address_with_an_open_invitation_is_not_invited_again() -> None:
    merchant = make_merchant()
    invited(merchant)
    form = {"email": "NEW@example.com", "merchant": merchant.pk, "role": Role.OWNER, "language": "en"}

    answer = signed_in(User.objects.get(username="owner")).post(INVITE, form)

    assert "open invitation" in answer.content.decode()
    assert Invitation.objects.get().role == Role.CLERK


@pytest.mark.parametrize("way", ["before", "at the same time"])
def test_one_address_is_invited_once(way: str) -> None:
    merchant = make_merchant()
    owner = signed_in(make_staff(merchant, username="owner"))
    form = {"email": "New@example.com", "merchant": merchant.pk, "role": Role.CLERK, "language": "en"}
    if way == "before":
        owner.post(INVITE, form)

    with invited_first(merchant) if way != "before" else nullcontext():
        page = owner.post(INVITE, form)

    assert "has an open invitation" in str(page.context["form"].errors)
    assert AccessMail.objects.count() == Event.objects.count() == (way == "before")


def test_another_merchants_invitation_is_neither_sent_again_nor_revoked() -> None:
    merchant, stranger = make_merchant(), make_merchant("stranger")
    invited(merchant)
    invitation = Invitation.objects.get()
    theirs: dict[str, Any] = {"merchant_id": stranger.pk, "invitation_id": invitation.pk}
    theirs |= {"actor": "user:1", "now": timezone.now() + timedelta(hours=1)}

    with pytest.raises(Invitation.DoesNotExist):
        send_invitation_again(**theirs, network="")
    with pytest.raises(Invitation.DoesNotExist):
        revoke_invitation(**theirs)

    fresh = Invitation.objects.get()
    assert (fresh.sent_at, fresh.revoked_at, AccessMail.objects.count()) == (invitation.sent_at, None, 1)
    assert [event.name for event in Event.objects.all()] == ["invited"]
