"""A subscription made by staff: its dates are shown before anything is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billing.clock import database_now
from billing.models import Customer, Event, Membership, Role
from invoices.services.issuing import issue_due
from subscriptions.models import Subscription
from tests.factories import make_bill, make_merchant
from tests.staff import make_staff, signed_in, told
from tests.subscriptions.admin.office import ADD, confirmed, rehearsal_in, rehearse
from tests.subscriptions.plans import schedule_of

pytestmark = pytest.mark.django_db


def entries(merchant: Any, **changes: Any) -> dict[str, Any]:
    return {
        "form_id": "a-form-of-these-tests",
        "merchant": merchant.pk,
        "type": "OPEN_ENDED",
        "customer_name": "سارة",
        "customer_phone": "0777839071",
        "product_name": "Gym",
        "amount": "25",
        "interval": "QUARTER",
        "payment_day": "31",
        "start_date": "2027-01-15",
        "auto_generate_invoices": "on",
        **changes,
    }


def test_a_quarterly_plan_on_the_last_day_is_shown_and_then_made() -> None:
    merchant = make_merchant()
    manager = signed_in(make_staff(merchant, Role.MANAGER))
    stated = entries(merchant, ends_after="3", skip_first="on", channel="WHATSAPP")

    shown = rehearse(manager, ADD, stated)
    assert len(rehearsal_in(shown).rows) == 1
    assert not merchant.subscriptions.exists()
    response = confirmed(manager, ADD, stated)

    plan = merchant.subscriptions.get()
    assert told(response) == [f"Subscription {plan.subscription_no} is made."]
    assert schedule_of(plan) == [(1, "2027-04-30", "25", "SCHEDULED")]
    assert (plan.channel, plan.ends_after, plan.customer_name) == ("WHATSAPP", 3, "سارة")


def test_a_custom_schedule_is_typed_line_by_line() -> None:
    merchant = make_merchant()
    payments = "2027-03-01 300 Second\r\n2027-01-01 100.5 First payment\r\n"

    confirmed(signed_in(make_staff(merchant)), ADD, entries(merchant, type="CUSTOM_SCHEDULE", custom_payments=payments))

    plan = merchant.subscriptions.get()
    assert [row[1:3] for row in schedule_of(plan)] == [("2027-01-01", "100.5"), ("2027-03-01", "300")]
    assert plan.total_amount == plan.installments.get(sequence=1).amount + 300


def test_rows_of_payments_are_read_and_every_wrong_one_is_named() -> None:
    merchant = make_merchant()
    manager = signed_in(make_staff(merchant))
    rows = {
        "custom_payments_day": ["2027-03-01", "", "2027-02-01", "2027-01-01", ""],
        "custom_payments_amount": ["٣٠٠", "", "1,5", "100.5", "7"],
        "custom_payments_called": ["Second", "", "", "First payment", ""],
    }

    refused = manager.post(ADD, entries(merchant, type="CUSTOM_SCHEDULE", **rows))
    corrected = {**rows, "custom_payments_amount": ["٣٠٠", "", "15", "100.5", ""]}
    confirmed(manager, ADD, entries(merchant, type="CUSTOM_SCHEDULE", **corrected))

    assert refused.context["form"].errors["custom_payments"] == [
        "Payment 3: Write the amount in digits, with a point before the decimals: 1000.500",
        "Payment 5: Choose its day.",
    ]
    assert 'value="1,5"' in refused.content.decode()
    plan = merchant.subscriptions.get()
    days = [("2027-01-01", "100.5"), ("2027-02-01", "15"), ("2027-03-01", "300")]
    assert [row[1:3] for row in schedule_of(plan)] == days
    assert [each.description for each in plan.installments.order_by("sequence")] == ["First payment", "", "Second"]


def test_the_dates_are_told_while_it_is_filled_in_and_nothing_is_made() -> None:
    merchant = make_merchant()
    manager = signed_in(make_staff(merchant))
    unfinished = entries(merchant, customer_name="", customer_phone="07", product_name="", preview="1")

    shown = manager.post(ADD, {**unfinished, "type": "FIXED_MONTHLY", "total_amount": "70"})
    too_early = manager.post(ADD, {**unfinished, "amount": ""})
    refused = manager.post(ADD, {**unfinished, "skip_first": "on", "ends_on": "2027-02-01"})

    assert [str(row.after.amount) for row in rehearsal_in(shown).rows][-1].find("20.000") > 0
    assert not shown.context["form"].errors
    assert "rehearsal" not in too_early.context
    assert "rehearsal" not in refused.context
    assert refused.context["refused"]
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("typed", ["079 100 0000", "+962791000000", "٠٧٩١٠٠٠٠٠٠", "791000000"])
def test_a_phone_is_taken_however_it_is_written(typed: str) -> None:
    merchant = make_merchant()
    more = {"customer_national_id": "9991234567", "customer_address": "Amman"}

    confirmed(signed_in(make_staff(merchant)), ADD, entries(merchant, customer_phone=typed, **more))

    plan = merchant.subscriptions.get()
    assert (plan.customer_phone, plan.customer.phone) == ("0791000000", "+962791000000")
    assert (plan.customer.national_id, plan.customer.address) == ("9991234567", "Amman")


def test_a_customer_is_found_and_nothing_of_theirs_changes() -> None:
    merchant, stranger = make_merchant(), make_merchant("stranger")
    known = make_bill(merchant, customer_name="Laila", customer_email="laila@example.com").customer
    make_bill(stranger, customer_name="Laila")
    manager = signed_in(make_staff(merchant))

    found = manager.post(ADD, entries(merchant, find="Laila", preview="1")).context["form"].found
    page = manager.get(ADD, {"customer": known.pk})
    assert (list(found), page.context["form"].chosen) == ([known], known)
    assert page.context["form"].fields["merchant"].widget.is_hidden
    stated = entries(merchant, customer=known.pk, customer_name="x", customer_phone="nonsense", channel="EMAIL")
    confirmed(manager, ADD, stated)

    plan = known.subscriptions.get()
    assert (plan.customer_name, plan.customer_phone, plan.channel) == ("Laila", "0777839071", "EMAIL")
    known.refresh_from_db()
    assert (known.name, known.email) == ("Laila", "laila@example.com")


def test_a_known_phone_under_another_name_is_said_before_and_its_address_is_known() -> None:
    merchant = make_merchant()
    known = make_bill(merchant, customer_name="Laila", customer_email="laila@example.com").customer
    manager = make_staff(merchant)

    shown = signed_in(manager).post(ADD, entries(merchant, channel="EMAIL"))
    assert not shown.context["form"].errors
    assert "who is called" in rehearsal_in(shown).warnings[0]
    assert Customer.objects.get().name == "Laila"
    confirmed(signed_in(manager), ADD, entries(merchant, channel="EMAIL"))

    event = Event.objects.get(name="renamed")
    assert (event.subject_id, event.actor) == (known.pk, f"user:{manager.pk}")


@pytest.mark.parametrize(
    ("settings", "plan", "said"),
    [
        ({"catch_up": "HOLD"}, {}, "9 payments, JOD\u00a0225.000, wait for somebody to approve them."),
        (
            {"catch_up": "ISSUE_ALL"},
            {},
            "3 payments, JOD\u00a075.000, are asked for at once. 6 more, JOD\u00a0150.000, wait for approval too: a "
            "subscription asks for at most 3 payments in a day.",
        ),
        (
            {"catch_up": "LATEST"},
            {},
            "1 payment, JOD\u00a025.000, is asked for at once. 8 payments, JOD\u00a0200.000, are never asked "
            "for: only the latest is.",
        ),
        (
            {"catch_up": "HOLD"},
            {"auto_generate_invoices": ""},
            "Nothing is asked for by itself: this subscription does not invoice.",
        ),
    ],
)
def test_what_becomes_of_payments_that_have_passed_is_told_before_and_after(
    settings: dict[str, Any], plan: dict[str, str], said: str
) -> None:
    merchant = make_merchant(issue_days_ahead=0, **settings)
    manager = signed_in(make_staff(merchant, Role.MANAGER))
    begins = merchant.local_date(database_now()) - timedelta(days=60)
    stated = entries(merchant, interval="WEEKLY", payment_day="", start_date=begins.isoformat(), **plan)

    shown = rehearse(manager, ADD, stated)
    made = confirmed(manager, ADD, stated)
    issue_due(merchant=merchant, now=database_now())
    later = manager.get(made.redirect_chain[-1][0])

    assert said in rehearsal_in(shown).warnings[0]
    assert said in made.content.decode()
    waits = merchant.installments.exclude(hold="").count()
    assert ("wait for somebody to approve them." in later.content.decode()) == bool(waits)
    assert waits == {"HOLD": 9, "ISSUE_ALL": 6, "LATEST": 0}[settings["catch_up"]] * (not plan)


def test_a_fixed_total_says_what_its_last_payment_is() -> None:
    merchant = make_merchant()
    stated = entries(merchant, type="FIXED_MONTHLY", total_amount="1000", amount="300", interval="MONTHLY")

    response = rehearse(signed_in(make_staff(merchant)), ADD, stated)

    assert "The last payment is JOD\u00a0100.000, the ones before it JOD\u00a0300.000." in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer_phone": "06 5001234"}, "customer_phone"),
        ({"customer_national_id": "12"}, "customer_national_id"),
        ({"customer": "9999999"}, "customer"),
        ({"customer_name": "a\u202eb"}, "customer_name"),
        ({"customer_name": "\u3164"}, "customer_name"),
        ({"product_name": "\u200b"}, "product_name"),
        ({"form_id": ""}, "form_id"),
        ({"amount": ""}, "amount"),
        ({"payment_day": ""}, "payment_day"),
        ({"payment_day": "32"}, "payment_day"),
        ({"type": "FIXED_MONTHLY", "total_amount": "10"}, "amount"),
        ({"type": "CUSTOM_SCHEDULE", "custom_payments": "tomorrow 5"}, "custom_payments"),
        ({"type": "CUSTOM_SCHEDULE", "custom_payments": "2027-01-01 NaN"}, "custom_payments"),
        ({"type": "CUSTOM_SCHEDULE"}, "custom_payments"),
        ({"channel": "EMAIL"}, "channel"),
        ({"ends_on": "2026-01-01"}, "__all__"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_made(changes: dict[str, str], field: str) -> None:
    merchant = make_merchant()

    response = signed_in(make_staff(merchant)).post(ADD, entries(merchant, **changes))

    assert list(response.context["form"].errors) == [field]
    assert not Subscription.objects.exists()


def test_one_form_makes_one_plan_however_often_it_is_posted() -> None:
    mine, other = make_merchant(), make_merchant("other")
    manager = make_staff(mine, Role.MANAGER)
    Membership.objects.create(merchant=other, user=manager, role=Role.MANAGER)
    client = signed_in(manager)

    first, again = (confirmed(client, ADD, entries(mine)) for _ in range(2))
    changed = [confirmed(client, ADD, stated) for stated in (entries(mine, amount="30"), entries(other))]
    confirmed(client, ADD, entries(mine, form_id="another-form-of-these"))

    assert first.redirect_chain == again.redirect_chain
    assert [response.context["form"].non_field_errors() for response in changed] == [
        ["This form was used already, with other entries. Begin a new one for them."]
    ] * 2
    assert (mine.subscriptions.count(), other.subscriptions.count()) == (2, 0)


def test_each_new_form_has_an_id_that_the_dates_keep() -> None:
    merchant = make_merchant()
    client = signed_in(make_staff(merchant))

    ids = [client.get(ADD).context["form"]["form_id"].value() for _ in range(2)]
    pages = [client.get(ADD), client.post(ADD, entries(merchant)), client.post(ADD, entries(merchant, again="1"))]

    assert ids[0] != ids[1]
    assert [page.content.decode().count('name="form_id"') for page in pages] == [1, 1, 1]
    assert all('value="a-form-of-these-tests"' in page.content.decode() for page in pages[1:])


def test_nothing_is_made_for_a_merchant_of_others() -> None:
    mine, theirs = make_merchant(), make_merchant("stranger")

    response = signed_in(make_staff(mine)).post(ADD, entries(theirs))

    assert list(response.context["form"].errors) == ["merchant"]
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.CASHIER, Role.VIEWER, Role.AUDITOR])
def test_other_roles_make_none(role: Role) -> None:
    merchant = make_merchant()
    somebody = signed_in(make_staff(merchant, role))

    assert somebody.get(ADD).status_code == 403
    assert somebody.post(ADD, entries(merchant)).status_code == 403

    assert not Subscription.objects.exists()


def test_dates_that_differ_from_those_shown_are_refused() -> None:
    merchant = make_merchant()

    response = signed_in(make_staff(merchant)).post(ADD, entries(merchant, rehearsed="another"))

    assert response.context["form"].non_field_errors() == [
        "Something happened to it since you looked, so nothing was changed. Look at it again."
    ]
    assert not Subscription.objects.exists()
