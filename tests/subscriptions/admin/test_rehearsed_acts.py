"""Each change of a plan from its page: entered, shown before and after, done as shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billing.models import Role
from subscriptions.models import Subscription
from tests.factories import make_merchant, make_subscription
from tests.staff import make_staff, signed_in, told
from tests.subscriptions.admin.office import confirmed, page_of, rehearsal_in, rehearse, url_of
from tests.subscriptions.plans import dates_of, make_past, schedule_of

pytestmark = pytest.mark.django_db

Type = Subscription.Type

WHY = {"reason": "The customer moves away"}
MONTHLY = {"payment_day": "5", "interval": "MONTHLY"}
ACTS: list[tuple[Type, str, dict[str, Any]]] = [
    (Type.FIXED_MONTHLY, "terms", {"from_sequence": "4", "amount": "60", **MONTHLY}),
    (Type.FIXED_MONTHLY, "skip", {"sequence": "4"}),
    (Type.FIXED_MONTHLY, "spread", {"more": "3"}),
    (Type.FIXED_MONTHLY, "settle-early", {"discount": "10", "reason": "Pays all at once"}),
    (Type.FIXED_MONTHLY, "cancel", WHY),
    (Type.OPEN_ENDED, "terms", {"from_sequence": "2", "amount": "30", "interval": "WEEKLY"}),
    (Type.OPEN_ENDED, "skip", {"sequence": "2", **WHY}),
    (Type.OPEN_ENDED, "end", {"ends_after": "2", **WHY}),
    (Type.OPEN_ENDED, "cancel-at-end", WHY),
    (Type.CUSTOM_SCHEDULE, "move", {"sequence": "3", "due_date": "2027-03-01"}),
    (Type.CUSTOM_SCHEDULE, "skip", {"sequence": "3", **WHY}),
    (Type.CUSTOM_SCHEDULE, "settle-early", {}),
]
IDS = [f"{type_}-{act}" for type_, act, _ in ACTS]


@pytest.mark.parametrize(("type_", "act", "entries"), ACTS, ids=IDS)
def test_an_act_shows_both_schedules_first_and_changes_nothing_until_it_is_confirmed(
    type_: Type, act: str, entries: dict[str, Any]
) -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    plan = make_subscription(merchant, type_)
    make_past(plan, 1)
    before = schedule_of(plan)
    manager = signed_in(make_staff(merchant, Role.MANAGER))

    shown = rehearse(manager, url_of(plan, act), entries)
    assert any(row.is_changed and row.words for row in rehearsal_in(shown).rows)
    assert schedule_of(plan) == before
    response = confirmed(manager, url_of(plan, act), entries)

    assert schedule_of(plan) != before
    assert schedule_of(plan)[0] == before[0]
    assert len(told(response)) == 1


@pytest.mark.parametrize(("type_", "act", "entries"), ACTS, ids=IDS)
def test_a_stranger_reaches_no_act(type_: Type, act: str, entries: dict[str, Any]) -> None:
    plan = make_subscription(make_merchant(second_person_above=Decimal(10_000)), type_)
    make_past(plan, 1)
    before = schedule_of(plan)
    stranger = signed_in(make_staff(make_merchant("stranger")))

    assert stranger.get(url_of(plan, act)).status_code == 404
    assert stranger.post(url_of(plan, act), {**entries, "rehearsed": "x"}).status_code == 404

    assert schedule_of(plan) == before


def test_the_changed_rows_are_marked_in_words_and_the_sums_and_warnings_are_said() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    plan = make_subscription(merchant)
    make_past(plan, 1, 2, 3, 4)

    entries = {"from_sequence": "5", "amount": "70", "payment_day": "31", "interval": "MONTHLY"}
    response = rehearse(signed_in(make_staff(merchant)), url_of(plan, "terms"), entries)

    rehearsal = rehearsal_in(response)
    page = response.content.decode()
    assert [row.words for row in rehearsal.rows][:4] == [
        "Invoiced",
        "Invoiced",
        "new date, new amount",
        "new date, new amount",
    ]
    assert rehearsal.rows[-1].words == "Added"
    assert rehearsal.above == 2
    assert (rehearsal.totals[0].before, rehearsal.totals[0].after) == ("12", "16")
    assert "The last payment is JOD\u00a030.000, the ones before it JOD\u00a070.000." in page
    assert "Nothing is saved yet." in page


def test_what_is_no_longer_so_is_refused_and_nothing_changes() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    plan = make_subscription(merchant)
    manager = signed_in(make_staff(merchant))
    fingerprint = rehearsal_in(rehearse(manager, url_of(plan, "skip"), {"sequence": "4"})).fingerprint
    make_past(plan, 1)
    before = schedule_of(plan)

    response = manager.post(url_of(plan, "skip"), {"sequence": "4", "rehearsed": fingerprint}, follow=True)

    assert told(response) == ["Something happened to it since you looked, so nothing was changed. Look at it again."]
    assert schedule_of(plan) == before


def test_going_back_to_the_entries_keeps_them_and_does_nothing() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    plan = make_subscription(merchant)
    manager = signed_in(make_staff(merchant))
    before = dates_of(plan)
    fingerprint = rehearsal_in(rehearse(manager, url_of(plan, "skip"), {"sequence": "4"})).fingerprint

    again = {"sequence": "4", "rehearsed": fingerprint, "again": "1"}
    response = manager.post(url_of(plan, "skip"), again)

    form = response.context["form"]
    assert (form["sequence"].value(), form["rehearsed"].value()) == ("4", None)
    assert dates_of(plan) == before


@pytest.mark.parametrize(
    ("act", "entries"),
    [
        ("skip", {"sequence": "1"}),
        ("skip", {}),
        ("terms", {"from_sequence": "2", "amount": "0", **MONTHLY}),
        ("terms", {"from_sequence": "2", "amount": "0.0001", **MONTHLY}),
        ("spread", {"more": "0"}),
        ("settle-early", {"discount": "-1"}),
        ("settle-early", {"discount": "10"}),
        ("settle-early", {"discount": "999999"}),
        ("end", {"ends_after": "2"}),
        ("move", {"sequence": "2", "due_date": "2026-02-30"}),
    ],
)
def test_entries_that_make_no_sense_are_said_on_the_form(act: str, entries: dict[str, str]) -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    plan = make_subscription(merchant)
    make_past(plan, 1)
    before = schedule_of(plan)

    response = signed_in(make_staff(merchant)).post(url_of(plan, act), {**entries, "rehearsed": ""})

    assert response.context["form"].errors
    assert schedule_of(plan) == before


def test_the_acts_that_fit_the_plan_are_offered() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    plans = [make_subscription(merchant, type_) for type_ in Type]
    owner = signed_in(make_staff(merchant))

    offered = [set(_acts_in(owner.get(page_of(plan)).content.decode())) for plan in plans]

    common = {"record-payment", "pause", "cancel", "channel", "skip", "note"}
    assert offered == [
        common | {"terms", "spread", "settle-early"},
        common | {"move", "settle-early"},
        common | {"terms", "end", "cancel-at-end"},
    ]


def _acts_in(page: str) -> list[str]:
    return [part.split("/")[0] for part in page.split("/do/")[1:]]


def test_the_page_says_what_holds_now() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    plan = make_subscription(merchant, Type.OPEN_ENDED)
    make_past(plan, 1)
    owner = signed_in(make_staff(merchant))
    entries = {"from_sequence": "2", "amount": "7", "payment_day": "31", "interval": "QUARTER", **WHY}

    confirmed(owner, url_of(plan, "terms"), entries)
    confirmed(owner, url_of(plan, "end"), {"ends_after": "9"})

    page = owner.get(page_of(plan)).content.decode()
    for words in ("Every quarter", "JOD\u00a07.000", "Last day of the month", "after 9 payments"):
        assert words in page
