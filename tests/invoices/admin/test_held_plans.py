"""What a plan stops asking for is decided by two above the limit: time of a pause, a total that is dropped, an end."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from billing.clock import database_now
from billing.jobs.running import run_jobs
from billing.models import CatchUp, Event, Job, JobRow, Merchant, Role
from subscriptions.changes import NewEnd, Resume
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import Interval
from subscriptions.services import pause_subscription
from tests.factories import make_merchant, make_subscription
from tests.staff import make_staff, signed_in, told
from tests.subscriptions.admin.office import confirmed, rehearsal_in, rehearse, url_of
from tests.subscriptions.plans import NOON, change, on, rehearsed

pytestmark = pytest.mark.django_db

Type = Subscription.Type
WAITS = "Nothing is changed yet: it waits for somebody else's approval."


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en", second_person_above=Decimal(30))


@pytest.fixture
def manager(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.MANAGER))


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant))


@pytest.fixture
def paused(merchant: Merchant) -> Subscription:
    """Of 25 a month, paused for three payment days and more."""
    began, since = (database_now() - timedelta(days=days) for days in (150, 100))
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=began)
    plan.installments.filter(due_date__lt=since).update(status=Installment.Status.INVOICED, invoiced_at=began)
    pause_subscription(merchant_id=merchant.pk, subscription_id=plan.pk, actor="user:1", now=since)
    plan.refresh_from_db()
    return plan


def approve(owner: Client) -> None:
    owner.post(f"/admin/billing/job/{Job.objects.get(status=Job.Status.HELD).pk}/do/approve/")
    run_jobs(seconds=30)


def status_of(plan: Subscription) -> str:
    return Subscription.objects.get(pk=plan.pk).status


@pytest.mark.parametrize(("dates", "rule"), [("shift", CatchUp.HOLD), ("keep", CatchUp.LATEST)])
def test_the_time_of_a_pause_is_waived_with_a_reason_and_by_two(
    merchant: Merchant, paused: Subscription, manager: Client, owner: Client, dates: str, rule: CatchUp
) -> None:
    Merchant.objects.update(catch_up=rule, catch_up_after=0, issue_days_ahead=0)
    unexplained = rehearse(manager, url_of(paused, "resume"), {"dates": dates, "reason": ""})
    assert unexplained.context["form"].errors == {"reason": ["Say why less is owed than before."]}

    entries = {"dates": dates, "reason": "away by sea"}
    shown = rehearsal_in(rehearse(manager, url_of(paused, "resume"), entries))
    page = confirmed(manager, url_of(paused, "resume"), entries)

    (waived,) = [each for each in shown.warnings if each.startswith("Of the time it was paused")]
    assert Decimal(waived.split("\u00a0")[1].split()[0]) >= Decimal(50)
    assert told(page) == [WAITS]
    assert Job.objects.get().title.endswith("less is owed · the time of the pause counted")
    assert status_of(paused) == Subscription.Status.PAUSED
    approve(owner)
    assert status_of(paused) == Subscription.Status.ACTIVE
    assert Event.objects.get(name="resumed").details["reason"] == "away by sea"
    assert not Event.objects.filter(name="decided_alone").exists()


def test_going_on_with_all_that_fell_due_needs_no_reason_and_nobody(
    merchant: Merchant, paused: Subscription, manager: Client, owner: Client
) -> None:
    Merchant.objects.update(catch_up=CatchUp.HOLD)

    confirmed(manager, url_of(paused, "resume"), {"dates": "keep", "reason": ""})

    assert status_of(paused) == Subscription.Status.ACTIVE
    assert not Job.objects.exists()


def test_a_list_of_plans_is_not_resumed_where_that_would_drop_some(
    merchant: Merchant, paused: Subscription, manager: Client, owner: Client
) -> None:
    Merchant.objects.update(catch_up=CatchUp.LATEST, catch_up_after=0, issue_days_ahead=0)
    address = "/admin/subscriptions/subscription/all/resume-all/"
    page = manager.get(address)
    form = dict(page.context["dry_run"].told) | {"once": page.context["once"], "confirmed": "1"}
    page = manager.post(address, form)
    manager.post(address, form | {"told_effect": page.context["told_effect"]})

    run_jobs(seconds=30)

    assert JobRow.objects.get().status == JobRow.Status.REFUSED
    assert status_of(paused) == Subscription.Status.PAUSED


@pytest.mark.parametrize(
    ("interval", "day", "until", "waived"),
    [
        (Interval.MONTHLY, 10, "2026-03-15", "60.000"),
        (Interval.QUARTERLY, 10, "2026-03-15", "20.000"),
        (Interval.YEARLY, 10, "2026-03-15", "5.000"),
        (Interval.WEEKLY, None, "2026-03-15", "240.000"),
        (Interval.MONTHLY, 10, "2026-02-10", "0"),
    ],
)
def test_a_pause_costs_what_its_time_would_have(
    merchant: Merchant, interval: Interval, day: int | None, until: str, waived: str
) -> None:
    terms = {"recurring_amount": Decimal(30), "interval": interval, "payment_day": day, "now": NOON}
    plan = make_subscription(merchant, Type.OPEN_ENDED, **terms)
    pause_subscription(merchant_id=merchant.pk, subscription_id=plan.pk, actor="user:1", now=on("2026-01-20"))

    moved = rehearsed(plan, Resume(shifts_dates=True), now=on(until))

    assert moved.lowered_by(has_total=False) == moved.decided_by_it(has_total=False) == Decimal(waived)
    for total in (Type.FIXED_MONTHLY, Type.CUSTOM_SCHEDULE):
        other = make_subscription(merchant, total, now=NOON)
        pause_subscription(merchant_id=merchant.pk, subscription_id=other.pk, actor="user:1", now=on("2026-01-20"))
        assert rehearsed(other, Resume(shifts_dates=True), now=on(until)).lowered_by(has_total=True) == 0


def test_an_end_that_leaves_out_the_time_of_the_pause_is_counted_once(merchant: Merchant) -> None:
    plan = make_subscription(merchant, Type.OPEN_ENDED, recurring_amount=Decimal(30), payment_day=10, now=NOON)
    last = on("2026-03-10").date()
    change(plan, NewEnd(ends_on=last), now=NOON)
    pause_subscription(merchant_id=merchant.pk, subscription_id=plan.pk, actor="user:1", now=on("2026-01-20"))

    moved = rehearsed(plan, Resume(shifts_dates=True), now=on("2026-02-15"))

    assert moved.lowered_by(has_total=False) == Decimal(30)


def test_a_plan_with_a_total_is_cancelled_by_two(merchant: Merchant, manager: Client, owner: Client) -> None:
    plan = make_subscription(merchant)

    page = confirmed(manager, url_of(plan, "cancel"), {"reason": "returned the phone"})
    assert told(page) == [WAITS]
    assert status_of(plan) == Subscription.Status.ACTIVE
    approve(owner)

    assert status_of(plan) == Subscription.Status.CANCELLED


def test_a_plan_without_one_is_ended_alone_but_for_what_had_fallen_due(
    merchant: Merchant, paused: Subscription, manager: Client, owner: Client
) -> None:
    fresh = make_subscription(merchant, Type.OPEN_ENDED, recurring_amount=Decimal(500))

    confirmed(manager, url_of(fresh, "cancel"), {"reason": "moves away"})
    page = confirmed(manager, url_of(paused, "cancel"), {"reason": "moves away"})

    assert status_of(fresh) == Subscription.Status.CANCELLED
    assert told(page) == [WAITS]
    assert status_of(paused) == Subscription.Status.PAUSED


def test_an_end_in_the_past_is_set_by_two(
    merchant: Merchant, paused: Subscription, manager: Client, owner: Client
) -> None:
    asked = paused.installments.filter(status=Installment.Status.INVOICED).latest("due_date")

    page = confirmed(manager, url_of(paused, "end"), {"ends_on": asked.due_date.isoformat(), "reason": "moved away"})

    assert told(page) == [WAITS]
    assert Subscription.objects.get(pk=paused.pk).ends_on is None
