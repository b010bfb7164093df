"""Sessions: listed, ended by idleness, age, passwords and people; their keys change at every step of signing in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from billing.access.devices import device_name
from billing.models import Event, Role, StaffSession
from tests.billing.access.door import CODE, code_of, is_in, phone_of, sign_in, with_password
from tests.factories import make_merchant
from tests.staff import PASSWORD, make_staff, signed_in

pytestmark = pytest.mark.django_db

END = "/admin/account/end-sessions/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime(2026, 11, 22, 8, tzinfo=timezone.get_current_timezone()), tick=False) as travel:
        yield travel


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def test_a_session_that_lay_idle_for_an_hour_is_over(clock: Any) -> None:
    client = signed_in(make_staff(make_merchant()))
    clock.shift(timedelta(minutes=59))
    assert is_in(client)
    clock.shift(timedelta(minutes=59))
    assert is_in(client)

    clock.shift(timedelta(hours=1, seconds=1))

    assert not is_in(client)
    assert StaffSession.objects.get().ended_at is not None


def test_no_session_lasts_longer_than_a_week_however_busy(clock: Any, settings: Any) -> None:
    settings.ADMIN_IDLE_TIMEOUT = 12 * 3600
    client = signed_in(make_staff(make_merchant()))

    for _ in range(15):
        assert is_in(client)
        clock.shift(timedelta(hours=11, minutes=30))

    assert not is_in(client)


def test_being_seen_is_written_down_once_in_five_minutes(clock: Any, django_assert_num_queries: Any) -> None:
    client = signed_in(make_staff(make_merchant()))
    begun = StaffSession.objects.get().last_seen_at

    clock.shift(timedelta(minutes=4))
    is_in(client)
    assert StaffSession.objects.get().last_seen_at == begun
    clock.shift(timedelta(minutes=2))
    is_in(client)

    assert StaffSession.objects.get().last_seen_at == timezone.now()


def test_signing_in_and_giving_the_code_each_change_the_key(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    phone = phone_of(user)
    session = client.session
    session["planted"] = "by an attacker who knows this key"
    session.save()
    planted = key_of(client)

    sign_in(client, user)
    after_password = key_of(client)
    client.post(CODE, {"code": code_of(phone)})

    assert len({planted, after_password, key_of(client)}) == 3
    assert not Session.objects.filter(session_key__in=[planted, after_password]).exists()
    assert StaffSession.objects.get().session_key == key_of(client)


def test_a_person_sees_their_own_sessions_and_ends_one(client: Client) -> None:
    merchant = make_merchant()
    user = with_password(make_staff(merchant))
    signed_in(make_staff(merchant, Role.CLERK))
    sign_in(client, user, HTTP_USER_AGENT=CHROME, REMOTE_ADDR="203.0.113.7")
    phone = Client()
    sign_in(phone, user, HTTP_USER_AGENT=IPHONE)

    page = client.get("/admin/account/")
    lines = {line.device: line for line in page.context["sessions"]}
    client.post(END, {"session": lines["Safari · iPhone"].id})

    assert set(lines) == {"Chrome · Windows", "Safari · iPhone"}
    assert (lines["Chrome · Windows"].network, lines["Chrome · Windows"].is_own) == ("203.0.113.7", True)
    assert is_in(client)
    assert not is_in(phone)


def test_signing_out_everywhere_else_spares_only_the_session_one_is_in() -> None:
    user = make_staff(make_merchant())
    here, there, elsewhere = signed_in(user), signed_in(user), signed_in(user)

    here.post(END)

    assert [is_in(each) for each in (here, there, elsewhere)] == [True, False, False]


def test_nobody_ends_another_persons_session() -> None:
    merchant = make_merchant()
    clerk = signed_in(make_staff(merchant, Role.CLERK))
    theirs = StaffSession.objects.get().pk
    owner = signed_in(make_staff(merchant))

    assert owner.post(END, {"session": theirs}).status_code == 404
    assert owner.post(END, {"session": "1' or 1=1"}).status_code == 404
    assert owner.get(END).status_code == 405
    assert is_in(clerk)


def test_a_new_password_ends_the_other_sessions() -> None:
    user = with_password(make_staff(make_merchant()))
    here, elsewhere = signed_in(user), signed_in(user)
    new = "another-long-passphrase"

    here.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert is_in(here)
    assert not is_in(elsewhere)
    assert StaffSession.objects.filter(ended_at=None).count() == 1
    event = Event.objects.get()
    assert (event.name, event.actor, event.details) == (
        "password_changed",
        f"user:{user.pk}",
        {"person": user.username},
    )


def test_a_password_given_by_the_owner_ends_the_persons_sessions() -> None:
    merchant = make_merchant()
    clerk = with_password(make_staff(merchant, Role.CLERK))
    session = signed_in(clerk)
    form = {"password1": "another-long-passphrase", "password2": "another-long-passphrase", "usable_password": "true"}
    owner = make_staff(merchant)

    signed_in(owner).post(f"/admin/billing/user/{clerk.pk}/password/", form | {"password2": "mistyped"})
    assert is_in(session)
    assert not Event.objects.exists()
    signed_in(owner).post(f"/admin/billing/user/{clerk.pk}/password/", form)

    assert not is_in(session)
    event = Event.objects.get()
    assert (event.name, event.actor) == ("password_changed", f"user:{owner.pk}")
    assert event.details == {"person": clerk.username}
    assert not clerk.staff_sessions.filter(ended_at=None).exists()


def test_an_owner_signs_a_person_out() -> None:
    merchant = make_merchant()
    clerk = make_staff(merchant, Role.CLERK)
    session = signed_in(clerk)

    signed_in(make_staff(merchant)).post(f"/admin/billing/user/{clerk.pk}/do/sign-out/")

    assert not is_in(session)
    assert Event.objects.get(name="signed_out").details == {"person": clerk.username}


def test_signing_out_ends_the_row_too() -> None:
    client = signed_in(make_staff(make_merchant()))

    client.post("/admin/logout/")

    assert StaffSession.objects.get().ended_at is not None


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [(CHROME, "Chrome · Windows"), (IPHONE, "Safari · iPhone"), ("curl/8", ""), ("", "")],
)
def test_devices_have_names_one_knows_again(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
