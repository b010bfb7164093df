"""Clocks that jump, that differ, and days that have 23 hours: no period is billed twice, and none in a burst."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from billing.clock import database_now
from billing.models import CatchUp
from invoices.models import Invoice
from invoices.services.issuing_for_all import issue_for_all
from subscriptions.missed import INVOICES_A_DAY
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.faults.office import Office
from tests.infrastructure.moving_clock import MovingClock, moving_clock

Type = Subscription.Type
JUMPS = [
    timedelta(hours=1),
    timedelta(hours=-2),
    timedelta(days=5 * 365),
    timedelta(days=-5 * 365),
    timedelta(days=40),
]


@pytest.fixture
def clock(transactional_db: None) -> Iterator[MovingClock]:
    with moving_clock() as clock:
        yield clock


def invoices_per_period() -> list[int]:
    counted = Counter(Invoice.objects.exclude(installment=None).values_list("installment_id", flat=True))
    return sorted(set(counted.values()))


@pytest.mark.parametrize("catch_up", list(CatchUp))
def test_t1_a_clock_that_jumps_bills_no_period_twice_and_no_plan_more_than_three_times_a_day(
    clock: MovingClock, catch_up: CatchUp
) -> None:
    merchant = make_merchant("razzbery", issue_days_ahead=0, catch_up=catch_up)
    plans = [make_subscription(merchant, kind, now=database_now()) for kind in Type]
    make_bill(merchant, now=database_now())

    for jump in JUMPS:
        clock.advance(jump)
        today = merchant.local_date(database_now())
        before = Counter(Invoice.objects.values_list("installment__subscription_id", flat=True))
        for _ in range(3):
            issue_for_all(now=database_now())
        after = Counter(Invoice.objects.values_list("installment__subscription_id", flat=True))
        made_now = {plan.pk: after[plan.pk] - before[plan.pk] for plan in plans}
        assert max(made_now.values()) <= INVOICES_A_DAY, (jump, today, made_now)
        assert invoices_per_period() in ([], [1])
        if jump > timedelta(days=365) and catch_up != CatchUp.LATEST:
            assert Installment.objects.exclude(hold="").count() > 20, "what the brake held waits for a person"
    assert Invoice.objects.filter(installment=None).count() == 1


@pytest.mark.processes
def test_t1_workers_on_a_database_whose_clock_jumps_send_each_invoice_once(office: Office) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no clock of its own.")
    office.make_due(30)
    with moving_clock() as clock:
        office.worker()
        for jump in (timedelta(hours=1), timedelta(hours=-2), timedelta(minutes=70)):
            before = office.sent()
            office.wait_until_sent(min(before + 5, 30))
            clock.advance(jump)
        office.wait_until_sent(30)
        office.assert_exactly(30)


@pytest.mark.processes
def test_t4_a_web_server_and_workers_whose_clocks_differ_by_20_minutes_send_each_invoice_once(office: Office) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite all processes are on one machine, and share its clock.")
    office.make_due(30)

    for seconds in ("600", "-600"):
        office.worker(launcher=["tests.faults.wrong_clock", seconds])

    office.wait_until_sent(30)
    office.assert_exactly(30)
    assert office.shop.book()["totals"]["create_calls"] == 30


def test_t4_the_launcher_of_wrong_clocks_moves_them(processes: Any) -> None:
    command = [sys.executable, "-m", "tests.faults.wrong_clock", "86400", "timeit", "-n1", "-r1", "-s"]
    tell = "import datetime; print(datetime.datetime.now(datetime.UTC).isoformat())"

    told = processes.start([*command, tell], name="teller")

    assert told.wait(30) == 0, told.log
    moved = datetime.fromisoformat(told.log.split()[0]) - datetime.now(UTC)
    assert timedelta(hours=23) < moved < timedelta(hours=25)


# Days on which clocks change: Cairo and Beirut at midnight, where a local day may begin at one o'clock.
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("time_zone", "changes"),
    [
        ("Africa/Cairo", [date(2026, 4, 24), date(2026, 10, 29), date(2026, 10, 30)]),
        ("Asia/Beirut", [date(2026, 3, 29), date(2026, 10, 25)]),
        ("Asia/Amman", [date(2028, 2, 29), date(2027, 12, 31)]),
    ],
)
def test_t2_where_clocks_change_each_month_has_one_invoice_on_its_own_day(time_zone: str, changes: list[date]) -> None:
    for changed in changes:
        merchant = make_merchant(f"shop-{changed}", issue_days_ahead=0, time_zone=time_zone)
        begun = datetime.combine(changed, datetime.min.time(), ZoneInfo(time_zone)) - timedelta(days=40)
        plan = make_subscription(merchant, Type.OPEN_ENDED, now=begun, payment_day=min(changed.day, 28))
        told_on: dict[date, date] = {}

        for hours in range(0, 24 * 75, 11):
            now = begun + timedelta(hours=hours)
            issue_for_all(now=now.astimezone(UTC), username=merchant.username)
            for due in Invoice.objects.filter(installment__subscription=plan).values_list("due_date", flat=True):
                told_on.setdefault(due, merchant.local_date(now))

        assert len(told_on) in (2, 3)
        assert len({due.month for due in told_on}) == len(told_on) == Invoice.objects.filter(merchant=merchant).count()
        assert all(told == due for due, told in told_on.items()), told_on
