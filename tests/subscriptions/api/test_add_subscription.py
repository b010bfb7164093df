from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from billing.models import Customer
from subscriptions.models import Installment, Subscription
from tests.contract.api_client import (
    CUSTOM_SCHEDULE,
    FIXED_MONTHLY,
    OPEN_ENDED,
    ApiClient,
    created,
    document,
)

KEYS = list(document("add_subscription_answer")["data"])
IN_DECEMBER = datetime(2025, 12, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize("body", [FIXED_MONTHLY, CUSTOM_SCHEDULE, OPEN_ENDED])
def test_every_type_has_the_documented_keys_and_no_link(api: ApiClient, body: dict[str, Any]) -> None:
    response = api.add_subscription(body)

    data = created(response)
    assert list(data) == KEYS
    assert (data["subscriptionType"], data["status"]) == (body["subscriptionType"], "ACTIVE")
    assert "Link" not in response.headers


def test_the_remainder_is_in_the_last_installment(api: ApiClient) -> None:
    body = json.dumps(FIXED_MONTHLY | {"totalAmount": 1}).replace('"totalAmount": 1,', '"totalAmount": 1200.001,')

    data = created(api.add_subscription(body.encode()))

    assert (data["totalAmount"], data["numberOfInstallments"]) == (1200.001, 13)
    last = Installment.objects.order_by("-sequence")[0]
    assert (last.sequence, last.amount) == (13, Decimal("0.001"))


def test_the_first_payment_is_due_on_the_next_payment_day(api: ApiClient) -> None:
    with time_machine.travel(IN_DECEMBER, tick=False):
        created(api.add_subscription(FIXED_MONTHLY | {"paymentDay": 5}))
        created(api.add_subscription(FIXED_MONTHLY | {"paymentDay": 6}))

    first = Installment.objects.filter(sequence=1).order_by("subscription_id")
    assert [installment.due_date for installment in first] == [date(2026, 1, 5), date(2025, 12, 6)]


@pytest.mark.parametrize("literal", ["5", "5.0", "0.5e1"])
def test_a_payment_day_is_a_whole_number_however_it_is_written(api: ApiClient, literal: str) -> None:
    body = json.dumps(FIXED_MONTHLY).replace('"paymentDay": 5', f'"paymentDay": {literal}')

    created(api.add_subscription(body.encode()))

    assert Subscription.objects.get().payment_day == 5


@pytest.mark.parametrize(("sent", "kept"), [(None, True), (True, True), (False, False)])
def test_invoices_are_made_automatically_unless_told_otherwise(api: ApiClient, sent: Any, kept: bool) -> None:
    created(api.add_subscription(FIXED_MONTHLY | {"autoGenerateInvoices": sent}))
    without = {name: value for name, value in FIXED_MONTHLY.items() if name != "autoGenerateInvoices"}
    created(api.add_subscription(without))

    stored = Subscription.objects.order_by("pk").values_list("auto_generate_invoices", flat=True)
    assert list(stored) == [kept, True]


def test_a_custom_schedule_is_sorted_by_date_and_may_have_two_on_one_day(api: ApiClient) -> None:
    entries = [
        {"dueDate": "2026-06-10", "amount": 100, "description": "third"},
        {"dueDate": "2026-03-10", "amount": 300, "description": "first"},
        {"dueDate": "2026-03-10", "amount": 500, "description": None},
    ]

    data = created(api.add_subscription(CUSTOM_SCHEDULE | {"customInstallments": entries}))

    assert data["numberOfInstallments"] == 3
    rows = Installment.objects.order_by("sequence").values_list("sequence", "amount", "description")
    assert list(rows) == [(1, 300, "first"), (2, 500, ""), (3, 100, "third")]


def test_six_hundred_installments_are_accepted(api: ApiClient) -> None:
    entries = [{"dueDate": "2026-01-01", "amount": 0.5}] * 600
    created(api.add_subscription(CUSTOM_SCHEDULE | {"totalAmount": 300, "customInstallments": entries}))

    data = created(api.add_subscription(FIXED_MONTHLY | {"totalAmount": 600, "monthlyPayment": 1}))

    assert data["numberOfInstallments"] == 600


def test_an_open_ended_plan_is_scheduled_as_far_as_the_horizon(api: ApiClient, settings: Any) -> None:
    with time_machine.travel(IN_DECEMBER, tick=False):
        created(api.add_subscription(OPEN_ENDED))

    due = list(Installment.objects.order_by("sequence").values_list("due_date", flat=True))
    assert due == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]


def test_fields_of_another_type_are_ignored_and_null_in_the_answer(api: ApiClient) -> None:
    stray = {"totalAmount": "x", "monthlyPayment": -1, "customInstallments": 5, "notes": 1, "status": "COMPLETED"}

    data = created(api.add_subscription(OPEN_ENDED | stray))

    assert (data["totalAmount"], data["monthlyPayment"], data["status"]) == (None, None, "ACTIVE")


def test_a_subscription_and_a_bill_share_their_customer(api: ApiClient) -> None:
    created(api.add_bill())
    created(api.add_subscription(FIXED_MONTHLY | {"customerName": "Later Name"}))

    customer = Customer.objects.get()
    assert (customer.name, customer.address) == ("Later Name", "123 Main St, Amman, Jordan")


def test_bills_and_subscriptions_are_numbered_apart(api: ApiClient) -> None:
    created(api.add_bill())

    assert created(api.add_subscription())["subscriptionNo"].endswith("-0001")
    assert created(api.add_subscription())["subscriptionNo"].endswith("-0002")
