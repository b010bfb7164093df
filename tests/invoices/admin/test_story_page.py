"""The whole story of a document is one click from its page, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from billing.models import Bill, Event
from invoices.models import Invoice
from subscriptions.models import Installment, Subscription
from tests.invoices.admin.rows import make_rows, person_of
from tests.staff import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Bill, Subscription, Installment, Invoice])
def test_its_page_leads_to_its_story(model: Any) -> None:
    rows = make_rows("mine", phone="0770000001")
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    client = signed_in(person_of(rows))
    story_url = reverse(f"admin:{name}_story", args=[rows.of[model].pk])

    page = client.get(reverse(f"admin:{name}_change", args=[rows.of[model].pk]))
    story = client.get(story_url)

    assert f'href="{story_url}"' in page.content.decode()
    assert story.status_code == 200
    assert len(story.context["story"].lines) >= 1
    assert story.context["story"].origin[0] in story.content.decode()


def test_a_long_story_is_shown_from_its_newest_lines_back() -> None:
    rows = make_rows("mine", phone="0770000001")
    of_bill = {"merchant": rows.merchant, "subject": "BILL", "subject_id": rows.bill.pk, "actor": "system"}
    Event.objects.bulk_create([Event(**of_bill, name="changed", details={"reason": f"no. {n}"}) for n in range(600)])

    page = signed_in(person_of(rows)).get(reverse("admin:billing_bill_story", args=[rows.bill.pk]))

    assert len(page.context["lines"]) == 500
    assert page.context["left_out"] == len(page.context["story"].lines) - 500
    assert "no. 599" in page.content.decode()
    assert f"{page.context['left_out']} earlier lines are left out here." in page.content.decode()


def test_anothers_story_does_not_exist() -> None:
    mine, theirs = make_rows("mine", phone="0770000001"), make_rows("stranger", phone="0788888888")

    response = signed_in(person_of(mine)).get(reverse("admin:billing_bill_story", args=[theirs.bill.pk]))

    assert response.status_code == 404
    assert theirs.mark not in response.content.decode()
