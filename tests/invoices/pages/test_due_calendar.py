"""The due date for the customer's own calendar (RFC 5545)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing.models import Bill, Merchant
from invoices.pages.due_calendar import DueDate, build_calendar
from tests.factories import make_bill, make_subscription
from tests.invoices.pages.documents import make_shop, page_of, send_invoice

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


def calendar_of(**changes: Any) -> bytes:
    stated = {"uid": "ab12", "day": date(2025, 12, 31), "title": "Water", "text": "Pay", "url": "https://pay.test/x"}
    return build_calendar(DueDate(**stated | changes), now=NOON).encode()


def unfolded(calendar: bytes) -> list[str]:
    return calendar.decode().replace("\r\n ", "").split("\r\n")


class TestTheFile:
    def test_it_is_one_whole_day_with_a_reminder_on_the_day_before(self) -> None:
        lines = unfolded(calendar_of())

        assert lines[:4] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Billing//Due dates//EN", "METHOD:PUBLISH"]
        assert "DTSTAMP:20260110T090000Z" in lines
        assert "DTSTART;VALUE=DATE:20251231" in lines
        assert "DTEND;VALUE=DATE:20260101" in lines
        assert lines[lines.index("BEGIN:VALARM") + 3] == "TRIGGER:-PT15H"
        assert lines[-2:] == ["END:VCALENDAR", ""]

    def test_somebody_elses_text_begins_no_line_of_its_own(self) -> None:
        calendar = calendar_of(title="a,b;c\\d\nATTENDEE:x\r\nURL:y\rZ\x00\x0b")

        lines = unfolded(calendar)
        assert "SUMMARY:a\\,b\\;c\\\\d\\nATTENDEE:x\\nURL:y Z  " in lines
        assert not any(line.startswith(("ATTENDEE", "URL:y", "Z")) for line in lines)

    @pytest.mark.parametrize("letter", ["w", "م", "€", "🚰"])
    def test_long_lines_are_folded_between_characters(self, letter: str) -> None:
        for length in range(60, 80):
            title = letter * length

            calendar = calendar_of(title=title)

            assert max(len(line) for line in calendar.split(b"\r\n")) <= 75
            assert f"SUMMARY:{title}" in unfolded(calendar)
            assert all(line.decode() for line in calendar.split(b"\r\n")[:-1])


@pytest.mark.django_db
class TestTheAddress:
    @pytest.fixture
    def merchant(self) -> Merchant:
        return make_shop(language="ar")

    @pytest.fixture
    def bill(self, merchant: Merchant) -> Bill:
        bill = make_bill(merchant, amount=Decimal("150.500"), due_date=date(2026, 12, 31), customer_name="Layla Haddad")
        send_invoice(bill)
        return bill

    def test_it_names_what_is_owed_and_nobody(self, client: Client, bill: Bill) -> None:
        response = client.get(f"{page_of(bill)}/due.ics?lang=en")

        lines = unfolded(response.content)
        assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert response["Content-Disposition"] == 'inline; filename="due.ics"'
        assert "DTSTART;VALUE=DATE:20261231" in lines
        assert "SUMMARY:Water Bill · 150.500\u00a0JOD" in lines
        (url,) = [line for line in lines if line.startswith("URL:")]
        assert url.endswith(f"{page_of(bill)}?lang=en")
        for personal in ("Layla", "777839071", "razzbery.com"):
            assert personal not in response.content.decode()

    def test_an_installment_says_which_it_is(self, client: Client, merchant: Merchant) -> None:
        installment = make_subscription(merchant, "CUSTOM_SCHEDULE").installments.get(sequence=1)
        send_invoice(installment)

        lines = unfolded(client.get(f"{page_of(installment)}/due.ics?lang=en").content)

        assert "SUMMARY:iPhone 15 Pro Max · Installment 1 of 3 · 300.000\u00a0JOD" in lines

    def test_the_same_bill_is_the_same_event_and_another_is_not(self, client: Client, bill: Bill) -> None:
        other = make_bill(bill.merchant, due_date=date(2026, 12, 31))

        def uid_of(bill: Bill) -> str:
            found = re.search(r"UID:(\S+)", client.get(f"{page_of(bill)}/due.ics").content.decode())
            assert found is not None
            return found.group(1)

        assert uid_of(bill) == uid_of(bill) != uid_of(other)

    def test_it_is_not_stored_nor_indexed_and_sets_no_cookie(self, client: Client, bill: Bill) -> None:
        response = client.get(f"{page_of(bill)}/due.ics")

        assert (response["Cache-Control"], "noindex" in response["X-Robots-Tag"]) == ("no-store", True)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies

    def test_where_nothing_is_owed_the_page_says_so(self, client: Client, bill: Bill) -> None:
        Bill.objects.update(status="CANCELLED")

        response = client.get(f"{page_of(bill)}/due.ics?lang=en")

        assert (response.status_code, response["Location"]) == (303, f"{page_of(bill)}?lang=en")

    @pytest.mark.parametrize("token", ["", "x", "A" * 36, "%00"])
    def test_a_wrong_link_gets_the_one_page_of_all_wrong_links(self, client: Client, bill: Bill, token: str) -> None:
        response = client.get(f"/razzbery/pay/{token}/due.ics")

        assert (response.status_code, response.content) == (404, client.get("/razzbery/pay/wrong").content)

    def test_another_merchants_name_before_it_makes_it_wrong(self, client: Client, bill: Bill) -> None:
        make_shop("stranger")

        response = client.get(f"{page_of(bill)}/due.ics".replace("/razzbery/", "/stranger/"))

        assert response.status_code == 404

    def test_it_is_only_looked_at(self, client: Client, bill: Bill) -> None:
        assert client.post(f"{page_of(bill)}/due.ics").status_code == 405
