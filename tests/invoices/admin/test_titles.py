"""What a row is called at the top of its page, in the browser's tab and in lists: never a machine's words."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from billing.models import Bill, Event, WebhookEndpoint
from invoices.models import DeliveryAttempt, Enquiry, ReminderStep, Shift
from tests.factories import make_merchant
from tests.invoices.admin.rows import make_rows, person_of
from tests.invoices.admin.walk import url
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

LATE = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # in Amman it is the next day


def test_rows_are_called_in_the_readers_words_by_the_offices_clock() -> None:
    rows = [
        Event(subject=Event.Subject.INVOICE, subject_id=147, name="delivery_done", occurred_at=LATE),
        DeliveryAttempt(action="CREATE", outcome="DONE", started_at=LATE),
        Enquiry(finding="UNPAID", asked_at=LATE),
        ReminderStep(days=-3, channel="WHATSAPP"),
    ]

    with timezone.override(ZoneInfo("Asia/Amman")), translation.override("ar"):
        in_arabic = [str(row) for row in rows]
    with timezone.override(ZoneInfo("Asia/Amman")), translation.override("en"):
        in_english = [str(row) for row in rows]

    assert in_arabic[0] == "مطالبة · 23 تشرين الثاني 2026 01:30"
    assert not any(letter.isascii() and letter.isalpha() for name in in_arabic for letter in name)
    assert in_english == [
        "Invoice · 23 Nov 2026 01:30",
        "Create · 23 Nov 2026 01:30",
        "Not paid · 23 Nov 2026 01:30",
        "3 days before the due date",
    ]


def test_a_shift_bears_its_cashiers_name_and_the_merchants_day() -> None:
    merchant = make_merchant()
    rana = make_staff(merchant, username="rana", first_name="Rana", last_name="Haddad")

    assert str(Shift(merchant=merchant, cashier=rana, opened_at=LATE)) == "\u2068Rana Haddad\u2069 · 23 Nov 2026"


def test_a_merchant_is_called_by_name_in_the_readers_language() -> None:
    merchant = make_merchant(name_ar="رازبري")

    with translation.override("ar"):
        assert str(merchant) == "رازبري"
    with translation.override("en"):
        assert str(merchant) == "Razzbery Solutions"


def test_a_rows_own_name_keeps_its_small_letters() -> None:
    mine = make_rows("mine", phone="0770000001")
    endpoint = mine.of[WebhookEndpoint]

    page = signed_in(person_of(mine)).get(url(WebhookEndpoint, "change", endpoint.pk)).content.decode()

    assert f"<bdi>{endpoint.url}</bdi>" in page


def test_a_printed_list_says_whose_it_is() -> None:
    mine = make_rows("mine", phone="0770000001")

    page = signed_in(person_of(mine)).get(url(Bill, "changelist")).content.decode()

    assert f'<p class="office-paper"><bdi>{mine.merchant.name_en}</bdi> · ' in page
