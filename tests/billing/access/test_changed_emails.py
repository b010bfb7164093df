"""A new e-mail address is used once whoever it belongs to has opened the link sent to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.access.email_changes import EmailChangeClosed, confirm_email_change
from billing.access.letters import send_letters
from billing.models import AccessMail, EmailChange, Event, Merchant, Role, User
from tests.billing.access.door import with_password
from tests.billing.access.letters import FORGOTTEN, delivered, link_in
from tests.factories import make_merchant
from tests.staff import PASSWORD, make_staff, signed_in

pytestmark = pytest.mark.django_db

EMAIL = "/admin/account/email/"
OLD, NEW = "old@example.com", "new@example.com"


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def person(merchant: Merchant) -> User:
    return with_password(make_staff(merchant, Role.CASHIER, username="rana", email=OLD))


def address_of(person: User) -> str:
    return User.objects.get(pk=person.pk).email


def ask(client: Client, email: str = NEW) -> Any:
    return client.post(EMAIL, {"email": email, "password": PASSWORD})


def link_to(email: str) -> str:
    return link_in(next(letter for letter in delivered() if letter.to == [email]))


def test_ones_own_address_changes_by_password_and_by_the_link_and_the_old_one_is_told(person: User) -> None:
    client = signed_in(person)
    refused = client.post(EMAIL, {"email": NEW, "password": "wrong"})
    same = ask(client, OLD)
    assert [list(page.context["form"].errors) for page in (refused, same)] == [["password"], ["email"]]
    assert not Event.objects.exists()
    assert delivered() == []

    assert ask(client).status_code == 302

    letters = {letter.to[0]: letter for letter in delivered()}
    assert set(letters) == {OLD, NEW}
    assert "/door/" not in letters[OLD].body
    assert NEW in letters[OLD].body
    assert address_of(person) == OLD
    assert NEW in client.get("/admin/account/").content.decode()
    link = link_in(letters[NEW])
    assert client.get(link).status_code == 200
    assert address_of(person) == OLD
    assert client.post(link).status_code == 302
    assert address_of(person) == NEW
    assert [event.name for event in Event.objects.order_by("pk")] == ["email_change_asked", "email_changed"]
    assert delivered() == []
    assert client.post(link).status_code == 410


def test_a_new_password_goes_to_the_old_address_until_then(person: User) -> None:
    ask(signed_in(person))
    delivered()

    for address in (NEW, OLD):
        Client().post(FORGOTTEN, {"email": address})

    assert [letter.to for letter in delivered()] == [[OLD]]


def test_nobody_else_confirms_it_nor_a_link_that_is_old_forged_or_overtaken(merchant: Merchant, person: User) -> None:
    client, other = signed_in(person), signed_in(make_staff(merchant, username="other"))
    ask(client, "mistyped@example.com")
    overtaken = link_to("mistyped@example.com")
    ask(client)
    link = link_to(NEW)

    for stranger in (Client(), other):
        assert "Sign in as this person" in stranger.post(link).content.decode()
    for wrong in (overtaken, link[:-2] + "x/", "/admin/door/email/x/"):
        assert client.post(wrong).status_code == 410
    late = timezone.now() + timedelta(days=2, minutes=1)
    with pytest.raises(EmailChangeClosed):
        confirm_email_change(token=link.split("/")[-2], person=person, now=late)
    assert EmailChange.objects.count() == 2
    send_letters(now=late)
    assert not EmailChange.objects.exists()

    assert address_of(person) == OLD
    assert not Event.objects.filter(name="email_changed").exists()


def test_an_owner_only_asks_for_it_and_not_more_than_three_times_an_hour(merchant: Merchant, person: User) -> None:
    owner = signed_in(make_staff(merchant))
    address = f"/admin/billing/user/{person.pk}/change/"
    form = {"username": "rana", "first_name": "Rana", "email": NEW, "is_active": "on", "_continue": "1"}

    answers = [owner.post(address, form, follow=True).content.decode() for _time in range(4)]

    person.refresh_from_db()
    assert (person.email, person.first_name) == (OLD, "Rana")
    assert [f"A letter goes to {NEW}" in text for text in answers] == [True, True, True, False]
    assert "Three letters in one hour are enough" in answers[3]
    assert "waits for this person to open the link" in answers[3]
    letters = delivered()
    assert {letter.to[0] for letter in letters} == {OLD, NEW}
    assert not AccessMail.objects.exists()
    newest = link_in([letter for letter in letters if letter.to == [NEW]][-1])
    assert owner.post(newest).status_code == 200
    assert address_of(person) == OLD
    assert signed_in(person).post(newest).status_code == 302
    assert address_of(person) == NEW


def test_an_address_is_taken_away_at_once(merchant: Merchant, person: User) -> None:
    form = {"username": "rana", "email": "", "is_active": "on"}

    signed_in(make_staff(merchant)).post(f"/admin/billing/user/{person.pk}/change/", form)

    assert address_of(person) == ""
    assert not EmailChange.objects.exists()
