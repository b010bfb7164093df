"""A subscription made by staff: its dates are shown before anything is made."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Membership, Role
from subscriptions.models import Subscription
from tests.factories import make_merchant
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


def test_a_fixed_total_says_what_its_last_payment_is() -> None:
    merchant = make_merchant()
    stated = entries(merchant, type="FIXED_MONTHLY", total_amount="1000", amount="300", interval="MONTHLY")

    response = rehearse(signed_in(make_staff(merchant)), ADD, stated)

    assert "The last payment is JOD\u00a0100.000, the ones before it JOD\u00a0300.000." in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer_phone": "+962777839071"}, "customer_phone"),
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
