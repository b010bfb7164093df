"""
What no other test looks at: how the way back ended, whether a receipt is genuine, and the documents as they print.

Pictures are written to var/screenshots, to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import timezone

from billing.models import Bill, Merchant
from invoices.documents.papers import (
    Paper,
    account_paper,
    clearance_paper,
    invoice_paper,
    print_paper,
    receipt_paper,
)
from invoices.documents.receipt import verification_url
from invoices.models import GatewayCallback, Invoice
from tests.invoices.documents.ledger import paid_plan, part_paid_bill
from tests.invoices.documents.reading import image_of
from tests.invoices.pages.documents import change_invoice, make_shop, owed_bill, paid
from tests.invoices.pages.test_browser import check_access, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANGUAGES = ("en", "ar")
PRINTED = Path(settings.BASE_DIR) / "var" / "screenshots" / "documents"


@pytest.fixture
def shop() -> Merchant:
    return make_shop(help_whatsapp="+962790000000", shows_hijri_date=True)


@pytest.fixture(scope="module")
def phone(chromium: Any) -> Iterator[Any]:
    """A tab whose pages let axe in."""
    context = chromium.new_context(bypass_csp=True, viewport={"width": 360, "height": 780})
    yield context.new_page()
    context.close()


OUTCOMES: dict[str, Callable[[Bill], Any]] = {
    "paid": paid,
    "not-paid": lambda bill: None,
    "changed": lambda bill: change_invoice(bill, status="CANCELLED"),
}


def test_how_the_way_back_ended_is_open_to_all(phone: Any, live_server: Any, shop: Merchant) -> None:
    for number, (name, happen) in enumerate(OUTCOMES.items()):
        bill = owed_bill(shop)
        happen(bill)
        path = come_back(bill.invoices.get(), f"{number:032x}")
        for language in LANGUAGES:
            look(phone, f"{live_server.url}{path}?lang={language}", f"checked-{name}-{language}")
            check_access(phone, f"{name} {language}")


def come_back(invoice: Invoice, watch_id: str) -> str:
    stated = {"kind": "RETURN", "payload": b"00", "payload_digest": watch_id * 2, "state": "RESOLVED"}
    GatewayCallback.objects.create(
        merchant=invoice.merchant, invoice=invoice, watch_id=watch_id, received_at=timezone.now(), **stated
    )
    return f"/{invoice.merchant.username}/gateway/checking/{watch_id}"


def test_whether_a_receipt_is_genuine_is_open_to_all(phone: Any, live_server: Any, shop: Merchant) -> None:
    _, payment = part_paid_bill(shop)
    path = urlsplit(verification_url(payment)).path
    for name, refunded in (("genuine", 0), ("refunded", 50)):
        Bill.objects.update(amount_refunded=Decimal(refunded))
        for language in LANGUAGES:
            look(phone, f"{live_server.url}{path}?lang={language}", f"receipt-{name}-{language}")
            check_access(phone, f"{name} {language}")


def test_every_document_prints_in_both_languages(shop: Merchant) -> None:
    PRINTED.mkdir(parents=True, exist_ok=True)
    bill, payment = part_paid_bill(shop, description="استهلاك شهر تشرين الثاني، العداد رقم 4471")
    plan, today = paid_plan(make_shop("planners")), date(2027, 2, 1)

    for language in LANGUAGES:
        papers: dict[str, Paper] = {
            "invoice": invoice_paper(bill, language=language, today=today),
            "receipt": receipt_paper(payment, language=language),
            "receipt-80mm": receipt_paper(payment, language=language, format="80mm"),
            "statement": account_paper(bill.customer, language=language, today=today),
            "clearance": clearance_paper(plan, language=language, today=today),
        }
        for name, paper in papers.items():
            image = image_of(print_paper(paper))
            image.save(PRINTED / f"{name}-{language}.png")
            assert 0.005 < ink(image) < 0.5, f"{name} in {language} is blank or black"


def ink(image: Any) -> float:
    """The part of the paper that is not white."""
    shades = image.histogram()
    return float(sum(shades[:200]) / sum(shades))
