"""The office sees what is held and why, and says yes or no to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from billing.models import CatchUp, Merchant, Role
from invoices.models import Invoice
from invoices.services.issuing_for_all import issue_for_all
from subscriptions.models import Installment, Subscription
from tests.factories import make_merchant, make_subscription
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
LATER = THEN + timedelta(days=181)


def merchant_with_missed_periods(username: str = "gym", **plan: Any) -> Merchant:
    roomy = Decimal(10_000)
    merchant = make_merchant(username, issue_days_ahead=0, catch_up=CatchUp.HOLD, second_person_above=roomy)
    stated = {"type": Subscription.Type.OPEN_ENDED, "payment_day": 9} | plan
    make_subscription(merchant, stated.pop("type"), now=THEN, **stated)
    issue_for_all(now=LATER)
    return merchant


def held(merchant: Merchant) -> list[Installment]:
    return list(Installment.objects.filter(merchant=merchant).exclude(hold="").order_by("due_date"))


def carried_by(question: Any) -> dict[str, str]:
    """What the form of the question sends back."""
    return {field.name: field.value() for field in question.context["form"]}


def page(merchant: Merchant, act: str) -> str:
    return reverse("admin:billing_merchant_do", args=[merchant.pk, act])


def test_the_merchants_page_tells_what_is_held_and_leads_to_it() -> None:
    merchant = merchant_with_missed_periods()
    client = signed_in(make_staff(merchant, role=Role.MANAGER))

    text = client.get(reverse("admin:billing_merchant_change", args=[merchant.pk])).content.decode()
    rows = client.get(reverse("admin:subscriptions_installment_changelist"), {"held": "any"}).content.decode()

    assert f"{len(held(merchant))}" in text
    assert "Missed periods" in text
    assert f"held=any&amp;merchant={merchant.pk}" in text
    assert rows.count("action-checkbox") >= len(held(merchant))


def test_staff_invoice_all_of_it_at_once_after_being_told_how_much_that_is() -> None:
    merchant = merchant_with_missed_periods()
    client = signed_in(make_staff(merchant, role=Role.CLERK))
    waiting = held(merchant)

    question = client.get(page(merchant, "invoice-held"))
    assert f"{len(waiting)} invoices are made, over" in question.content.decode()
    client.post(page(merchant, "invoice-held"), carried_by(question))

    assert held(merchant) == []
    assert Invoice.objects.filter(installment__in=waiting).count() == len(waiting)


def test_what_was_not_counted_when_staff_were_asked_is_not_invoiced_with_the_rest() -> None:
    merchant = merchant_with_missed_periods()
    client = signed_in(make_staff(merchant, role=Role.CLERK))
    came, left, *_ = held(merchant)
    Installment.objects.filter(pk=came.pk).update(hold="")
    asked = carried_by(client.get(page(merchant, "invoice-held")))
    Installment.objects.filter(pk=left.pk).update(hold="")
    Installment.objects.filter(pk=came.pk).update(hold=came.hold)
    waiting = held(merchant)

    for form in (asked, {}):
        answer = client.post(page(merchant, "invoice-held"), form, follow=True)

        assert told(answer) == ["The list has changed since you were asked. Look at it again."]
        assert held(merchant) == waiting
        assert not Invoice.objects.filter(installment__in=waiting).exists()


def test_held_periods_of_a_membership_are_skipped_and_of_a_plan_that_owes_its_total_not() -> None:
    gym = merchant_with_missed_periods()
    shop = merchant_with_missed_periods("shop", type=Subscription.Type.FIXED_MONTHLY)
    for merchant, is_skipped in ((gym, True), (shop, False)):
        client = signed_in(make_staff(merchant, role=Role.MANAGER))
        first = held(merchant)[0]

        answer = client.post(
            reverse("admin:subscriptions_installment_do", args=[first.pk, "skip-held"]),
            {"reason": "closed"},
            follow=True,
        ).content.decode()

        first.refresh_from_db()
        assert (first.status == Installment.Status.SKIPPED) is is_skipped
        assert ("owes its whole total" in answer) is not is_skipped


def test_a_stranger_neither_sees_nor_decides() -> None:
    merchant, other = merchant_with_missed_periods(), make_merchant("other")
    client = signed_in(make_staff(other, role=Role.OWNER))

    assert client.get(page(merchant, "invoice-held")).status_code == 404
    assert client.post(page(merchant, "invoice-held")).status_code == 404
    listed = client.get(reverse("admin:subscriptions_installment_changelist"), {"held": "any"}).content.decode()

    assert "SUB-" not in listed
    assert Invoice.objects.filter(installment__in=held(merchant)).count() == 0
