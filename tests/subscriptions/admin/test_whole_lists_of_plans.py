"""Pausing and resuming all subscriptions a list shows: told what it comes to, done once, with the dates they had."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.clock import database_now
from billing.jobs.running import run_jobs
from billing.models import Job, JobRow, Merchant, Role
from subscriptions.models import Installment, Subscription
from subscriptions.services import cancel_subscription, pause_subscription
from tests.factories import make_merchant, make_subscription
from tests.invoices.admin.whole_list import act_on_all, answer, ask
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

ALL = "/admin/subscriptions/subscription/all"
Status = Subscription.Status


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en")


@pytest.fixture
def manager(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.MANAGER))


@pytest.fixture
def plans(merchant: Merchant) -> dict[str, Subscription]:
    """One of each status, with a payment that passed five days ago and one due in ten."""
    today = timezone.localdate()
    days = (today - timedelta(days=5), today + timedelta(days=10))
    made = {
        status: make_subscription(
            merchant,
            "CUSTOM_SCHEDULE",
            total_amount=Decimal(60),
            custom_installments=tuple((day, Decimal(30), "") for day in days),
        )
        for status in (Status.ACTIVE, Status.PAUSED, Status.CANCELLED)
    }
    by_id = {"merchant_id": merchant.pk, "actor": "test", "now": database_now()}
    pause_subscription(subscription_id=made[Status.PAUSED].pk, **by_id)
    cancel_subscription(subscription_id=made[Status.CANCELLED].pk, **by_id)
    return made


def question(client: Client, act: str) -> Any:
    return client.get(f"{ALL}/{act}/").context


def statuses() -> list[str]:
    return list(Subscription.objects.order_by("pk").values_list("status", flat=True))


def dates() -> list[Any]:
    return list(Installment.objects.order_by("pk").values_list("due_date", "amount"))


def test_all_that_run_are_paused_once(manager: Client, plans: dict[str, Subscription]) -> None:
    told = question(manager, "pause")

    for _ in range(2):
        act_on_all(manager, "pause", of=ALL)
        run_jobs(seconds=30)

    assert told["effect"] == ["1 payment, JOD\u00a030.000, falls due in the next 30 days and is not asked for."]
    assert (told["dry_run"].able, told["dry_run"].reasons) == (1, [("Paused", 1), ("Cancelled", 1)])
    assert statuses() == [Status.PAUSED, Status.PAUSED, Status.CANCELLED]
    assert list(Job.objects.order_by("pk").values_list("done_count", "refused_count")) == [(1, 2), (0, 3)]


def test_all_that_are_paused_are_resumed_with_the_dates_they_had(
    manager: Client, plans: dict[str, Subscription]
) -> None:
    told, before = question(manager, "resume-all"), dates()

    act_on_all(manager, "resume-all", of=ALL, dates="shift")
    run_jobs(seconds=30)

    assert told["effect"] == [
        "1 payment, JOD\u00a030.000, has passed and is caught up.",
        "Of a plan that has missed more than 3, as your settings say: Hold them for approval.",
    ]
    assert statuses() == [Status.ACTIVE, Status.ACTIVE, Status.CANCELLED]
    assert dates() == before
    assert JobRow.objects.get(status="DONE").target_id == plans[Status.PAUSED].pk


def test_where_it_comes_to_something_else_meanwhile_it_is_told_again(
    manager: Client, plans: dict[str, Subscription]
) -> None:
    form = ask(manager, "pause", of=ALL)
    Installment.objects.filter(subscription=plans[Status.ACTIVE]).update(amount=Decimal(20))

    again = answer(manager, "pause", of=ALL, **form)

    assert again.context["effect"][0].startswith("1 payment, JOD\u00a020.000,")
    assert not Job.objects.exists()
    assert statuses()[0] == Status.ACTIVE


def test_a_row_at_which_a_worker_died_is_left_to_a_person(manager: Client, plans: dict[str, Subscription]) -> None:
    other = make_subscription(plans[Status.ACTIVE].merchant)
    act_on_all(manager, "pause", of=ALL)
    JobRow.objects.filter(target_id=plans[Status.ACTIVE].pk).update(status="STARTED")

    run_jobs(seconds=30)

    assert JobRow.objects.get(target_id=plans[Status.ACTIVE].pk).status == "UNSURE"
    assert JobRow.objects.get(target_id=other.pk).status == "DONE"
    assert statuses() == [Status.ACTIVE, Status.PAUSED, Status.CANCELLED, Status.PAUSED]


def test_a_stranger_and_a_cashier_change_none(merchant: Merchant, plans: dict[str, Subscription]) -> None:
    before = statuses()
    stranger = signed_in(make_staff(make_merchant("stranger"), username="stranger"))
    cashier = signed_in(make_staff(merchant, Role.CASHIER))

    for act in ("pause", "resume-all"):
        assert question(stranger, act)["dry_run"].count == 0
        act_on_all(stranger, act, of=ALL)
        assert cashier.get(f"{ALL}/{act}/").status_code == 403
        assert cashier.post(f"{ALL}/{act}/", {"confirmed": "1"}).status_code == 403
    run_jobs(seconds=30)

    assert statuses() == before
    assert not Job.objects.exists()
