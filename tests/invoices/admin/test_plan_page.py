"""A subscription's page says what is late and what comes next, and leads to the oldest open installment."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.clock import database_now
from billing.models import Merchant, Role
from invoices.services.issuing import issue_due
from subscriptions.models import Installment, Subscription
from subscriptions.services import pause_subscription
from tests.factories import make_merchant, make_subscription
from tests.invoices.acts import take
from tests.invoices.admin.told_pages import buttons_of, facts_of, notices_of, page_of
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en")


@pytest.fixture
def today(merchant: Merchant) -> date:
    return merchant.local_date(timezone.now())


@pytest.fixture
def plan(merchant: Merchant, today: date) -> Subscription:
    """Two of three are late, the first paid in part; the third is to come."""
    days = [today - timedelta(days=40), today - timedelta(days=10), today + timedelta(days=20)]
    payments = tuple((day, Decimal("300.000"), f"payment {number}") for number, day in enumerate(days, start=1))
    plan = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE, custom_installments=payments)
    issue_due(merchant=merchant, now=database_now())
    Installment.objects.filter(due_date__lt=today).update(status="INVOICED", invoiced_at=timezone.now(), hold="")
    return plan


@pytest.fixture
def manager(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.MANAGER))


def test_the_head_says_what_is_late_and_the_next_day_that_has_not_passed(
    manager: Client, plan: Subscription, today: date
) -> None:
    take(plan.installments.select_related("merchant", "subscription__customer").get(sequence=1), "100")

    facts = facts_of(page_of(manager, plan))

    assert "JOD\u00a0500.000" in facts["Asked for, not paid"]
    assert "JOD\u00a0500.000" in facts["Overdue"]
    assert "office-late" in facts["Overdue"]
    assert "2 installments" in facts["Overdue"]
    assert "JOD\u00a0100.000" in facts["Paid so far"]
    assert (today + timedelta(days=20)).isoformat() in facts["Next due"]
    assert "JOD\u00a0300.000" in facts["Next due"]


def test_where_nothing_is_to_come_the_late_one_is_what_is_due(manager: Client, plan: Subscription) -> None:
    plan.installments.filter(sequence=3).update(status="CANCELLED", cancelled_at=timezone.now())
    first = plan.installments.get(sequence=1)

    facts = facts_of(page_of(manager, plan))

    assert first.due_date.isoformat() in facts["Next due"]
    assert "office-late" in facts["Next due"]


def test_a_paused_one_says_since_when_and_that_nothing_is_asked(manager: Client, plan: Subscription) -> None:
    pause_subscription(merchant_id=plan.merchant_id, subscription_id=plan.pk, actor="system", now=database_now())

    page = page_of(manager, plan)

    assert any("nothing new is asked for until it is resumed" in notice for notice in notices_of(page))
    assert facts_of(page)["Next due"] == "—"


def test_money_for_the_oldest_open_installment_is_one_click_away(
    merchant: Merchant, manager: Client, plan: Subscription
) -> None:
    oldest = plan.installments.get(sequence=1)

    buttons = buttons_of(page_of(manager, plan))

    take_it = buttons["Record payment, no. 1"]
    assert take_it == f"/admin/subscriptions/installment/{oldest.pk}/do/record-payment/"
    assert manager.get(take_it).status_code == 200
    assert buttons["Remind, no. 1"] == f"/admin/subscriptions/installment/{oldest.pk}/do/remind/"
    viewer = signed_in(make_staff(merchant, Role.VIEWER))
    assert not [title for title in buttons_of(page_of(viewer, plan)) if "no. 1" in title]


def test_it_costs_twelve_queries(manager: Client, plan: Subscription, django_assert_max_num_queries: Any) -> None:
    take(plan.installments.select_related("merchant", "subscription__customer").get(sequence=1), "100")
    page_of(manager, plan)  # kinds of rows are read once in a process

    with django_assert_max_num_queries(12):
        page_of(manager, plan)


def test_cancelling_it_says_how_much_stays_open(manager: Client, plan: Subscription) -> None:
    page = manager.get(f"/admin/subscriptions/subscription/{plan.pk}/do/cancel/").content.decode()

    assert "2 installments the customer was already asked to pay stay open: JOD\u00a0600.000." in page
    assert plan.subscription_no in page
    assert "0777839071" in page
