"""A merchant's settings, and who may change which."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.db import IntegrityError

from billing.models import Channel, Event, Merchant, Role
from tests.billing.admin.meanwhile import written_meanwhile
from tests.factories import make_merchant
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db

LIST = "/admin/billing/merchant/"


def settings_of(merchant: Merchant, **changes: Any) -> dict[str, Any]:
    names = ("name_en", "name_ar", "help_phone", "language", "time_zone", "channel", "weekend", "catch_up")
    names += ("issue_days_ahead", "link_valid_days", "catch_up_after", "messages_per_day", "reminders_at_most")
    return {name: getattr(merchant, name) for name in names} | {"falls_back": "on"} | changes


def test_a_manager_changes_the_channel_and_the_timeline_says_which_field() -> None:
    merchant = make_merchant()
    user = make_staff(merchant, Role.MANAGER)

    response = signed_in(user).post(f"{LIST}{merchant.pk}/change/", settings_of(merchant, channel=Channel.EMAIL))

    merchant.refresh_from_db()
    event = Event.objects.get(subject=Event.Subject.MERCHANT, name="changed")
    assert (response.status_code, merchant.channel) == (302, Channel.EMAIL)
    assert (event.actor, event.details) == (f"user:{user.pk}", {"fields": ["channel"]})


def test_a_manager_sets_what_customers_may_be_sent_and_when() -> None:
    merchant = make_merchant()
    wanted: dict[str, Any] = {"messages_per_day": 3, "reminders_at_most": 2, "catch_up": "LATEST", "catch_up_after": 1}
    wanted |= {"quiet_from": "21:30", "quiet_until": "08:00", "weekend": "SAT_SUN", "is_quiet_on_weekend": "on"}
    form = settings_of(merchant, **wanted)
    del form["falls_back"]

    signed_in(make_staff(merchant, Role.MANAGER)).post(f"{LIST}{merchant.pk}/change/", form)

    merchant.refresh_from_db()
    assert (merchant.messages_per_day, merchant.reminders_at_most) == (3, 2)
    assert (merchant.catch_up, merchant.catch_up_after) == ("LATEST", 1)
    assert (merchant.quiet_from, merchant.quiet_until) == (time(21, 30), time(8, 0))
    assert (merchant.weekend, merchant.is_quiet_on_weekend, merchant.falls_back) == ("SAT_SUN", True, False)


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until"), [("21:00", ""), ("", "08:00"), ("21:00", "21:00"), ("25:00", "08:00")]
)
def test_quiet_hours_need_a_beginning_and_another_end(quiet_from: str, quiet_until: str) -> None:
    merchant = make_merchant()
    form = settings_of(merchant, quiet_from=quiet_from, quiet_until=quiet_until)

    response = signed_in(make_staff(merchant)).post(f"{LIST}{merchant.pk}/change/", form)

    assert response.status_code == 200
    assert {"quiet_from", "quiet_until"} & set(response.context["adminform"].form.errors)
    assert '<li><a href="#id_quiet_' in response.content.decode()
    merchant.refresh_from_db()
    assert (merchant.quiet_from, merchant.quiet_until) == (None, None)


def test_the_database_itself_refuses_half_of_the_quiet_hours() -> None:
    merchant = make_merchant()

    with pytest.raises(IntegrityError):
        Merchant.objects.filter(pk=merchant.pk).update(quiet_from=time(21))


def test_saving_undoes_nothing_that_another_person_saved_meanwhile() -> None:
    merchant = make_merchant()
    manager = signed_in(make_staff(merchant, Role.MANAGER))

    with written_meanwhile(merchant, {"bills_per_hour": 7, "is_active": False}):
        answer = manager.post(f"{LIST}{merchant.pk}/change/", settings_of(merchant, channel=Channel.EMAIL))

    merchant.refresh_from_db()
    assert (answer.status_code, merchant.channel) == (302, Channel.EMAIL)
    assert (merchant.bills_per_hour, merchant.is_active) == (7, False)


def test_saving_without_a_change_leaves_no_event() -> None:
    merchant = make_merchant()
    manager = signed_in(make_staff(merchant, Role.MANAGER))

    assert manager.post(f"{LIST}{merchant.pk}/change/", settings_of(merchant)).status_code == 302

    assert not Event.objects.exists()


def test_limits_username_and_currency_are_not_an_owners_to_change() -> None:
    merchant = make_merchant()
    forged = settings_of(merchant, bills_per_hour=0, username="other", currency="KWD", is_active="")

    signed_in(make_staff(merchant)).post(f"{LIST}{merchant.pk}/change/", forged)

    merchant.refresh_from_db()
    assert (merchant.bills_per_hour, merchant.username, merchant.currency) == (100, "razzbery", "JOD")
    assert merchant.is_active


@pytest.mark.parametrize("role", [Role.CASHIER, Role.CLERK, Role.VIEWER, Role.AUDITOR])
def test_others_see_the_settings_and_cannot_save_them(role: Role) -> None:
    merchant = make_merchant()
    somebody = signed_in(make_staff(merchant, role))

    assert somebody.get(f"{LIST}{merchant.pk}/change/").status_code == 200
    response = somebody.post(f"{LIST}{merchant.pk}/change/", settings_of(merchant, channel=Channel.EMAIL))
    assert response.status_code == 403
    merchant.refresh_from_db()
    assert merchant.channel == Channel.SMS


def test_only_the_platform_makes_merchants() -> None:
    form = settings_of(make_merchant("present"), username="newcomer", currency="JOD")
    form |= {"bills_per_hour": 100, "subscriptions_per_hour": 50, "is_active": "on", "second_person_above": "0"}

    owner = signed_in(make_staff(Merchant.objects.get()))
    assert owner.post(f"{LIST}add/", form).status_code == 403
    assert signed_in(make_administrator()).post(f"{LIST}add/", form).status_code == 302

    assert Event.objects.get(merchant__username="newcomer").name == "created"


def test_the_page_shows_the_address_of_the_api() -> None:
    merchant = make_merchant()

    page = signed_in(make_staff(merchant, Role.VIEWER)).get(f"{LIST}{merchant.pk}/change/").content.decode()

    assert "/razzbery/v1/" in page


def test_what_is_wrong_is_listed_above_the_form_with_the_way_to_each_field() -> None:
    merchant = make_merchant()
    wrong = settings_of(merchant, name_en="", help_phone="abc", issue_days_ahead="-1")

    response = signed_in(make_staff(merchant)).post(f"{LIST}{merchant.pk}/change/", wrong)
    page = response.content.decode()

    merchant.refresh_from_db()
    assert (response.status_code, merchant.name_en) == (200, "Razzbery Solutions")
    assert 'role="alert"' in page
    for name in response.context["adminform"].form.errors:
        assert page.count(f'<a href="#id_{name}">') >= 1
    assert {"name_en", "issue_days_ahead"} <= set(response.context["adminform"].form.errors)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "Mars/X"),
        ("help_phone", "abc<script>"),
        ("issue_days_ahead", "9999"),
        ("link_valid_days", "9999"),
        ("second_person_above", "-1"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(name: str, value: str) -> None:
    merchant = make_merchant()
    before = Merchant.objects.values().get()
    wrong = settings_of(merchant) | {"second_person_above": "0", name: value}

    response = signed_in(make_staff(merchant)).post(f"{LIST}{merchant.pk}/change/", wrong)

    assert response.status_code == 200
    assert set(response.context["adminform"].form.errors) == {name}
    assert f'<li><a href="#id_{name}">' in response.content.decode()
    assert Merchant.objects.values().get() == before


def test_the_phone_for_help_is_kept_as_it_can_be_called() -> None:
    merchant = make_merchant()
    form = settings_of(merchant, help_phone="٠٦ ٥٠٠ ١٢٣٤", time_zone="Asia/Riyadh")

    response = signed_in(make_staff(merchant, Role.MANAGER)).post(f"{LIST}{merchant.pk}/change/", form, follow=True)

    merchant.refresh_from_db()
    assert (merchant.help_phone, merchant.time_zone) == ("+96265001234", "Asia/Riyadh")
    told = response.client.get(f"{LIST}{merchant.pk}/change/").context["timeline"]
    assert [line.detail for line in told] == ["phone for help, time zone"]


def test_the_form_leads_to_its_sections_and_says_what_is_not_saved() -> None:
    merchant = make_merchant()

    owner, viewer = (
        signed_in(make_staff(merchant, role)).get(f"{LIST}{merchant.pk}/change/") for role in (Role.OWNER, Role.VIEWER)
    )

    page = owner.content.decode()
    assert ("Names and help", "#id_name_en") in owner.context["contents"]
    assert '<a href="#section-1">' in page
    assert 'id="section-1"' in page
    assert "warn-unsaved-form" in page
    assert "Your changes are not saved yet." in page
    assert viewer.context["contents"] == []
