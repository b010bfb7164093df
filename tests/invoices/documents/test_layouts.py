"""What stands on each document and where, in both languages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import segno
from PIL import Image

from billing.models import Customer, Merchant
from invoices.documents.clearance import PlanNotCleared
from invoices.documents.papers import account_paper, clearance_paper, invoice_paper, print_paper, receipt_paper
from invoices.documents.receipt import verification_url
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.documents.ledger import AMMAN, paid_plan, part_paid_bill
from tests.invoices.documents.reading import image_of, left_edge_of, links_of, text_of, texts_of
from tests.invoices.pages.documents import page_of

MILLIMETRE = 72 / 25.4  # in points
TODAY = date(2027, 2, 1)


def test_an_english_invoice_reads_from_left_to_right(shop: Merchant) -> None:
    bill, _ = part_paid_bill(shop, description="Reading of March")

    pdf = print_paper(invoice_paper(bill, language="en", today=TODAY))

    (text,) = texts_of(pdf)
    for words in (
        "Razzbery Solutions",
        bill.billing_no,
        "Water Bill",
        "Reading of March",
        "5 March 2027",
        "07•••••071",
    ):
        assert words in text
    for line in ("Total1,150.500", "Paid so far150.250", "Still owed1,000.250", "Page 1 of 1"):
        assert line.replace(" ", "") in text.replace("\n", "").replace(" ", "")
    assert "حداد" not in text
    assert left_edge_of(pdf, "1,000.250") > 400
    assert _ink(image_of(pdf), left=True) > 5 * _ink(image_of(pdf), left=False)
    assert {urlsplit(link).path for link in links_of(pdf)} == {page_of(bill)}


def test_an_arabic_invoice_is_its_mirror_with_western_digits(shop: Merchant) -> None:
    bill, _ = part_paid_bill(shop)

    pdf = print_paper(invoice_paper(bill, language="ar", today=TODAY))

    (text,) = texts_of(pdf)
    for words in ("رازبيري للحلول", bill.billing_no, "المتبقي", "تاريخ الاستحقاق", "1,150.500", "5 آذار 2027"):
        assert words in text or " ".join(reversed(words.split())) in text  # as the reader orders digits
    assert left_edge_of(pdf, "1,000.250") < 100
    assert _ink(image_of(pdf), left=False) > 5 * _ink(image_of(pdf), left=True)


def test_staff_print_names_in_full_and_hijri_days_where_the_merchant_wants_them(shop: Merchant) -> None:
    shop.shows_hijri_date = True
    shop.save()
    bill, _ = part_paid_bill(shop, customer_name="Layla Haddad")

    text = text_of(print_paper(invoice_paper(bill, language="en", today=TODAY, in_full=True)))

    assert "Layla Haddad" in text
    assert "0777839071" in text
    assert "1448 AH" in text


def test_the_code_on_a_receipt_is_its_verification_page(shop: Merchant) -> None:
    _, payment = part_paid_bill(shop)

    pdf = print_paper(receipt_paper(payment, language="en"))

    text = text_of(pdf)
    for words in (payment.receipt_no, "150.250", "Cash", payment.bill.billing_no, "Water Bill"):
        assert words in text
    assert links_of(pdf) == {verification_url(payment)}
    expected = segno.make_qr(verification_url(payment), error="m").matrix
    assert _modules(image_of(pdf, dots_per_point=6), count=len(expected)) == [list(map(bool, row)) for row in expected]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_roll_is_one_page_as_long_as_what_is_on_it(shop: Merchant, language: str) -> None:
    _, payment = part_paid_bill(shop)
    _, longer = part_paid_bill(shop, service_type="Water Bill " * 18)

    short_pdf = print_paper(receipt_paper(payment, language=language, format="80mm"))
    long_pdf = print_paper(receipt_paper(longer, language=language, format="80mm"))

    short, long = (image_of(pdf, dots_per_point=1) for pdf in (short_pdf, long_pdf))
    assert short.width == long.width == pytest.approx(80 * MILLIMETRE, abs=2)
    assert 80 * MILLIMETRE < short.height < long.height < 300 * MILLIMETRE
    assert len(texts_of(short_pdf)) == len(texts_of(long_pdf)) == 1
    assert payment.receipt_no in text_of(short_pdf)
    # White at the end, and nothing cut off above it.
    assert short.crop((0, short.height - 10, short.width, short.height)).getextrema() == (255, 255)


def test_a_long_statement_repeats_its_head_and_counts_its_pages(shop: Merchant) -> None:
    today = shop.local_date(datetime.now(AMMAN))
    for number in range(30):
        make_bill(shop, due_date=today - timedelta(days=number), amount=Decimal("10"))
    customer = Customer.objects.select_related("merchant").get()

    pages = texts_of(print_paper(account_paper(customer, language="en", today=today)))

    assert len(pages) >= 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}".replace(" ", "") in page.replace(" ", "").replace("\n", "")
    assert "Charged" in pages[1]
    assert "Opening balance" in pages[0]
    assert "300.000" in pages[0]
    assert "300.000" in pages[-1]


def test_a_plan_that_is_paid_is_certified(shop: Merchant) -> None:
    plan = paid_plan(shop)
    assert plan.status == Subscription.Status.COMPLETED

    text = text_of(print_paper(clearance_paper(plan, language="en", today=TODAY))).replace("\n", " ")

    for words in ("Clearance certificate", plan.subscription_no, "3 installments", "900.000", "O••• H•••"):
        assert words in text
    assert "Haddad" not in text


def test_a_plan_with_something_owed_or_given_back_is_not(shop: Merchant) -> None:
    paid, running = paid_plan(shop), make_subscription(shop, now=datetime(2026, 1, 1, tzinfo=AMMAN))
    Installment.objects.filter(subscription=paid, sequence=2).update(amount_refunded=Decimal("1"))

    for plan in (paid, running):
        with pytest.raises(PlanNotCleared):
            clearance_paper(plan, language="en", today=TODAY)


def _ink(image: Image.Image, *, left: bool) -> int:
    """How dark one half of the band is in which the code stands."""
    width, height = image.size
    box = (0, height * 60 // 100, width // 3, height * 75 // 100)
    if not left:
        box = (width - width // 3, box[1], width, box[3])
    return sum(image.crop(box).histogram()[:80])


def _modules(image: Image.Image, *, count: int) -> list[list[bool]]:
    """The modules of the code at the left margin, found by the seven dark ones below each other at its corner."""
    dots = image.width / (210 * MILLIMETRE)
    left, size = 18 * MILLIMETRE * dots, 27 * MILLIMETRE * dots
    module = size / count
    column = [image.getpixel((int(left + module / 2), y)) < 128 for y in range(image.height)]
    corner = int(6 * module)
    top = next(y for y in range(image.height - corner) if all(column[y : y + corner]))
    middles = [(number + 0.5) * module for number in range(count)]
    return [[image.getpixel((int(left + x), int(top + y))) < 128 for x in middles] for y in middles]
