"""The code after the password: asked, used up, throttled, kept on paper, set up, reset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.db.models.signals import pre_delete, pre_save
from django.test import Client
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from billing.access.second_factor import renew_backup_codes
from billing.models import Event, Role
from tests.billing.access.door import CODE, LOGIN, PHONE, code_of, is_in, phone_of, sign_in, with_password
from tests.factories import make_merchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@contextmanager
def failing(signal: Any, model: type[Model]) -> Iterator[None]:
    """The database, or whatever else stands behind this model, gives up."""

    def fail(sender: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    signal.connect(fail, sender=model)
    try:
        yield
    finally:
        signal.disconnect(fail, sender=model)


def test_the_password_alone_opens_only_the_page_that_asks_for_the_code(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    phone_of(user)

    sign_in(client, user)

    for address in ("/admin/", "/admin/billing/bill/", "/admin/autocomplete/", "/admin/account/", "/admin/search/?s=a"):
        assert client.get(address, follow=True).redirect_chain[-1][0].startswith(CODE)
    assert client.get(PHONE).status_code == 302


def test_the_right_code_leads_to_where_the_person_wanted_to_go(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    phone = phone_of(user)
    sign_in(client, user)

    response = client.post(CODE, {"code": code_of(phone), "next": "/admin/billing/bill/"})

    assert (response.status_code, response["Location"]) == (302, "/admin/billing/bill/")
    assert is_in(client)


def test_the_code_leads_nowhere_else(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    phone = phone_of(user)
    sign_in(client, user)

    response = client.post(CODE, {"code": code_of(phone), "next": "//evil.test/"})

    assert response["Location"] == "/admin/"


def test_arabic_digits_and_spaces_are_read(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    code = code_of(phone_of(user)).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    sign_in(client, user)

    client.post(CODE, {"code": f"{code[:3]} {code[3:]}"})

    assert is_in(client)


def test_a_code_opens_the_door_once(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    phone = phone_of(user)
    code = code_of(phone)
    sign_in(client, user)
    client.post(CODE, {"code": code})
    overhearing = Client()
    sign_in(overhearing, user)

    for seen_later in (code, code_of(phone, steps=-1)):
        overhearing.post(CODE, {"code": seen_later})

    assert is_in(client)
    assert not is_in(overhearing)


def test_guessing_is_slowed_down_until_even_the_right_code_must_wait(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    phone = phone_of(user)
    sign_in(client, user)
    right = code_of(phone)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    client.post(CODE, {"code": wrong})
    TOTPDevice.objects.update(throttling_failure_count=8)
    response = client.post(CODE, {"code": right})

    assert "Too many wrong codes" in response.content.decode()
    assert not is_in(client)


def test_a_backup_code_opens_the_door_once_and_another_persons_never(client: Client) -> None:
    merchant = make_merchant()
    user, colleague = with_password(make_staff(merchant)), make_staff(merchant, Role.CLERK)
    phone_of(user)
    codes, foreign = renew_backup_codes(user=user), renew_backup_codes(user=colleague)
    again = Client()
    sign_in(client, user)
    sign_in(again, user)

    client.post(CODE, {"code": codes[0].upper(), "paper": "1"})
    again.post(CODE, {"code": codes[0], "paper": "1"})
    again.post(CODE, {"code": foreign[0], "paper": "1"})

    assert is_in(client)
    assert not is_in(again)
    assert StaticToken.objects.filter(device__user=user).count() == 9
    assert StaticToken.objects.filter(device__user=colleague).count() == 10


def test_where_codes_are_required_the_first_signing_in_sets_up_the_phone(client: Client, settings: Any) -> None:
    settings.ADMIN_REQUIRES_OTP = True
    user = with_password(make_staff(make_merchant()))
    sign_in(client, user)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(PHONE)

    page = client.get(PHONE)
    response = client.post(PHONE, {"code": code_of(TOTPDevice.objects.get())})

    assert "<svg" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    codes = response.context["codes"]
    assert len(set(codes)) == 10
    assert all(code in response.content.decode() for code in codes)
    assert is_in(client)
    assert Event.objects.get(name="second_factor_set").details == {"person": user.username}


def test_a_wrong_first_code_sets_up_nothing(client: Client, settings: Any) -> None:
    settings.ADMIN_REQUIRES_OTP = True
    user = with_password(make_staff(make_merchant()))
    sign_in(client, user)
    client.get(PHONE)
    right = code_of(TOTPDevice.objects.get())

    client.post(PHONE, {"code": f"{(int(right) + 1) % 1_000_000:06d}"})

    device = TOTPDevice.objects.get()
    assert (device.confirmed, device.throttling_failure_count) == (False, 1)
    assert not is_in(client)
    assert not Event.objects.filter(name="second_factor_set").exists()


def test_setting_up_a_phone_ends_the_sessions_that_never_gave_a_code() -> None:
    user = make_staff(make_merchant())
    here, elsewhere = signed_in(user), signed_in(user)
    here.get(PHONE)

    here.post(PHONE, {"code": code_of(TOTPDevice.objects.get())})

    assert is_in(here)
    assert not is_in(elsewhere)


def test_a_new_phone_needs_a_code_of_the_old_one(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    phone = phone_of(user)
    paper = renew_backup_codes(user=user)
    sign_in(client, user)
    client.post(CODE, {"code": code_of(phone)})
    client.get(PHONE)
    new = TOTPDevice.objects.get(confirmed=False)

    client.post(PHONE, {"present_code": "aaaa-aaaa", "code": code_of(new)})
    assert TOTPDevice.objects.get(confirmed=True) == phone
    StaticDevice.objects.update(throttling_failure_count=0)
    client.post(PHONE, {"present_code": paper[0], "code": code_of(new)})

    assert list(TOTPDevice.objects.all()) == [new]


def test_new_backup_codes_void_the_old_ones_and_need_a_code(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    phone = phone_of(user)
    old = renew_backup_codes(user=user)
    sign_in(client, user)
    client.post(CODE, {"code": old[0], "paper": "1"})

    client.post("/admin/door/paper/", {"code": "123"})
    assert StaticToken.objects.count() == 9
    response = client.post("/admin/door/paper/", {"code": code_of(phone)})

    assert len(response.context["codes"]) == 10
    assert not set(response.context["codes"]) & set(old)


def test_an_owner_resets_a_lost_phone_and_the_person_is_out() -> None:
    merchant = make_merchant()
    clerk = make_staff(merchant, Role.CLERK)
    phone_of(clerk)
    renew_backup_codes(user=clerk)
    session = signed_in(clerk)
    owner = make_staff(merchant)

    signed_in(owner).post(f"/admin/billing/user/{clerk.pk}/do/reset-second-factor/")

    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert session.get(CODE)["Location"] == "/admin/"
    assert session.get("/admin/")["Location"].startswith(LOGIN)
    event = Event.objects.get(name="second_factor_reset")
    assert (event.actor, event.details) == (f"user:{owner.pk}", {"person": clerk.username})


def test_nobody_resets_their_own_nor_that_of_somebody_who_works_elsewhere_too() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    owner, stranger = make_staff(mine), make_staff(theirs)
    shared = make_staff(mine, Role.CLERK)
    shared.memberships.create(merchant=theirs, role=Role.CLERK)
    for user in (shared, stranger):
        phone_of(user)
    client = signed_in(owner)
    phone_of(owner)

    answers = [
        client.post(f"/admin/billing/user/{user.pk}/do/reset-second-factor/").status_code
        for user in (owner, shared, stranger)
    ]

    assert answers == [302, 403, 404]
    assert TOTPDevice.objects.count() == 3


def test_what_fails_half_way_is_neither_done_nor_told() -> None:
    user = make_staff(make_merchant())
    here, _elsewhere = signed_in(user), signed_in(user)
    here.get(PHONE)
    device = TOTPDevice.objects.get()

    with failing(pre_delete, Session), pytest.raises(ZeroDivisionError):
        here.post(PHONE, {"code": code_of(device)})
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert (StaticToken.objects.count(), Event.objects.count()) == (0, 0)

    TOTPDevice.objects.update(last_t=-1)
    here.post(PHONE, {"code": code_of(device)})
    told = list(Event.objects.values_list("name", flat=True))
    TOTPDevice.objects.update(last_t=-1)
    with failing(pre_save, StaticDevice), pytest.raises(ZeroDivisionError):
        here.post("/admin/door/paper/", {"code": code_of(device)})
    assert told == ["second_factor_set"] == list(Event.objects.values_list("name", flat=True))
    assert StaticToken.objects.count() == 10
