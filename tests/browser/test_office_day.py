"""A day in the office, from the one-time code to the closed shift, in Arabic and English."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from billing.models import Bill, JobRow, Role
from invoices.models import Payment, Reminder, Shift
from invoices.sandbox.models import InvoiceStatus
from invoices.services.orders import payable_url
from tests.browser.office import (
    add_bill,
    confirm,
    do,
    do_for_all,
    employ,
    import_file,
    search,
    select_without_clipboard,
    sign_in,
    wait_for_channel,
)
from tests.browser.town import PATIENCE, Town, sent_bill
from tests.infrastructure.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("town")]

SPOKEN = {"en": "0777 83 90 71", "ar": "٠٧٧٧ ٨٣٩ ٠٧١"}


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_day_in_the_office(
    town: Town,
    chromium: Any,
    picture: Callable[[Any, str], None],
    tmp_path: Path,
    language: str,
    direction: str,
) -> None:
    shop = town.open_shop(f"office-{language}", language=language)
    person = employ(shop, Role.MANAGER, f"manager-{language}")
    bill = sent_bill(shop, service_type="Water", customer_name="ليلى حداد")
    page = chromium.new_context(locale=language, viewport={"width": 1280, "height": 900}).new_page()

    sign_in(page, town, person)
    expect(page.locator("html")).to_have_attribute("dir", direction)
    picture(page, f"office-{language}-home")

    page.goto(f"{town.web.base_url}/admin/invoices/shift/")
    page.locator(".office-shift-openers a[href*='/do/open-shift/']").click()
    confirm(page, opening_float="50")
    shift = Shift.objects.get(merchant=shop.merchant)
    expect(page).to_have_url(f"{town.web.base_url}/admin/invoices/shift/{shift.pk}/change/")

    found = search(page, SPOKEN[language])
    picture(page, f"office-{language}-search")
    expect(found.filter(has_text="ليلى حداد").first).to_be_visible()
    found.first.click()
    page.wait_for_url("**/change/**")
    expect(page.get_by_text("ليلى حداد").first).to_be_visible()

    owed = {"service_type": "Gas", "amount": "20.500", "channel": "WHATSAPP"}
    added = add_bill(page, town, SPOKEN[language], picture=picture, name=f"office-{language}", **owed)
    assert (added.customer, added.amount, added.amount_due) == (bill.customer, Decimal("20.500"), Decimal("20.500"))
    invoice = wait_for_channel(added, "WHATSAPP")
    message = next(each for each in shop.messages() if each.channel == "WHATSAPP")
    assert message.invoice.reference_number == invoice.reference
    page.reload()
    expect(page.locator(".office-qr svg")).to_be_visible()
    assert select_without_clipboard(page) == payable_url(added)

    do(page, town, bill, "record-payment", method="CASH", note="at the counter")
    picture(page, f"office-{language}-bill")
    assert Bill.objects.get(pk=bill.pk).status == "PAID"
    assert Payment.objects.get(bill=bill).recorded_by == person
    assert shop.at_gateway(bill.invoices.get()).status == InvoiceStatus.CANCELLED

    job = import_file(page, town, write_file(tmp_path), picture=picture, name=f"office-{language}")
    picture(page, f"office-{language}-import-done")
    assert (job.row_count, job.done_count) == (3, 3)
    assert Bill.objects.filter(merchant=shop.merchant, service_type="Internet").count() == 3

    wait_until(lambda: every_invoice_is_sent(shop.merchant.pk), PATIENCE, interval=0.2, reason="all are sent")
    job = do_for_all(page, town, "remind", "?status=PENDING", channel="GATEWAY")
    picture(page, f"office-{language}-reminders-done")
    assert (job.row_count, job.refused_count) == (4, 0), list(JobRow.objects.filter(job=job).values())
    wait_until(lambda: reminders_sent(shop.merchant.pk) == 4, PATIENCE, interval=0.2, reason="4 reminders")

    do(page, town, shift, "close", CASH="200.500", TRANSFER="0")
    picture(page, f"office-{language}-shift")
    shift.refresh_from_db()
    assert shift.closed_at is not None
    assert [(count.expected, count.counted) for count in shift.counts.filter(method="CASH")] == [
        (Decimal("200.500"), Decimal("200.500"))
    ]
    page.context.close()


def write_file(folder: Path) -> Path:
    """Three good rows; one with an amount that is none, one with half a phone number."""
    due = (timezone.now().date() + timedelta(days=1)).isoformat()
    lines = ["name,phone,service,amount,due date"]
    lines += [f"Customer {n},079100000{n},Internet,{n}0.250,{due}" for n in (1, 2, 3)]
    lines += [f"Wrong amount,0791000004,Internet,twelve,{due}", f"Wrong phone,07910,Internet,12.000,{due}"]
    path = folder / "bills.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def every_invoice_is_sent(merchant_id: int) -> bool:
    pending = Bill.objects.filter(merchant_id=merchant_id, status="PENDING")
    return all(bill.invoices.live().filter(delivery="SENT").exists() for bill in pending)


def reminders_sent(merchant_id: int) -> int:
    return Reminder.objects.filter(merchant_id=merchant_id, status=Reminder.Status.SENT).count()
