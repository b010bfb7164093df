"""What is below the button: the details, earlier payments, how far the plan is, and where the page leads."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import InternalError, connection
from django.test import Client
from django.utils import timezone

from billing.models import Merchant
from invoices.models import PageOpening, Payment
from invoices.pages.states import State
from subscriptions.models import Installment, Subscription
from tests.factories import make_subscription
from tests.invoices.documents.ledger import paid_plan
from tests.invoices.pages.documents import make_shop, owed_bill, page_of, paid, part_paid, take, today_of
from tests.invoices.pages.gallery import MAKERS, due_installment

pytestmark = pytest.mark.django_db


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_details_are_closed_and_there_for_who_wants_them(client: Client, shop: Merchant) -> None:
    text = text_of(client, page_of(owed_bill(shop, description="November, meter 4471")))

    assert '<details class="panel">\n<summary>Details</summary>' in text
    details = text[text.index("<details") : text.index("</details>")]
    for words in ("November, meter 4471", "Bill number", "R••• S•••", "07•••••071", "Total", "Remaining"):
        assert words in details


def test_earlier_payments_have_dates_and_the_last_comes_first(client: Client, shop: Merchant) -> None:
    bill = part_paid(owed_bill(shop), Decimal("50.500"))
    take(bill, "20.250", days_ago=40)
    take(bill, "30.250", method=Payment.Method.TRANSFER)
    stranger = owed_bill(make_shop("other-shop"))
    take(stranger, "99.999")

    text = text_of(client, page_of(bill))

    assert text.index("Bank transfer") < text.index("30.250\u00a0JOD") < text.index("20.250\u00a0JOD")
    assert "99.999" not in text
    assert "Payments received" not in text_of(client, page_of(owed_bill(shop)))


def test_a_plan_says_how_far_it_is_and_what_comes_next(client: Client, shop: Merchant) -> None:
    plan = make_subscription(
        shop,
        Subscription.Type.CUSTOM_SCHEDULE,
        total_amount=Decimal("1200.000"),
        custom_installments=tuple(
            (today_of(shop) + timedelta(days=30 * n), Decimal(f"{n + 195}.500"), "") for n in range(6)
        ),
    )
    first, second, *coming = plan.installments.order_by("sequence")
    Installment.objects.filter(pk=first.pk).update(status="PAID", amount_paid=first.amount, paid_at=timezone.now())

    text = text_of(client, page_of(second))

    assert '<progress max="6" value="1" aria-labelledby="plan">' in text
    assert "1 of 6 paid" in text
    after = text[text.index("<progress") :]
    for installment in coming[:3]:
        assert f"{installment.amount}\u00a0JOD" in after
    assert f"{coming[3].amount}\u00a0JOD" not in after


def test_what_was_skipped_or_cancelled_is_not_counted(client: Client, shop: Merchant) -> None:
    installment = due_installment(shop)
    plan = installment.subscription  # type: ignore[union-attr]
    plan.installments.filter(sequence=1).update(status="SKIPPED")
    plan.installments.filter(sequence=3).update(status="CANCELLED")

    text = text_of(client, page_of(installment))

    assert "0 of 1 paid" in text
    assert "Next payments" not in text


def test_an_endless_plan_has_no_bar(client: Client, shop: Merchant) -> None:
    plan = make_subscription(shop, Subscription.Type.OPEN_ENDED)
    plan.installments.filter(sequence=1).update(status="PAID", amount_paid=Decimal("25"), paid_at=timezone.now())

    text = text_of(client, page_of(plan.installments.get(sequence=2)))

    assert "1 payment made so far" in text
    assert "<progress" not in text


def test_a_bill_has_no_plan(client: Client, shop: Merchant) -> None:
    assert "The whole plan" not in text_of(client, page_of(owed_bill(shop)))


def test_help_is_one_tap_away_with_the_number_filled_in(client: Client) -> None:
    bill = owed_bill(make_shop(help_whatsapp="+962 79-000 0000"))

    text = text_of(client, page_of(bill))

    assert '<a class="call" href="tel:065000000">' in text
    address = text[text.index("https://wa.me/962790000000") :].split('"')[0]
    assert parse_qs(urlsplit(address).query)["text"] == [f"Hello, I have a question about {bill.billing_no}."]


def test_without_phone_or_whatsapp_no_help_is_promised(client: Client) -> None:
    text = text_of(client, page_of(owed_bill(make_shop(help_phone=""))))

    assert "Questions?" not in text
    assert "tel:" not in text


def test_sharing_works_without_a_script(client: Client, shop: Merchant, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://pay.example.com"
    path = page_of(owed_bill(shop))

    text = text_of(client, path)

    link = text[text.index("https://wa.me/?text=") :].split('"')[0]
    (shared,) = parse_qs(urlsplit(link).query)["text"]
    assert shared == f"Water Bill · 150.500\u00a0JOD · Razzbery Solutions\nhttps://pay.example.com{path}"


def test_the_due_date_can_be_put_into_a_calendar_until_it_is_paid(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    assert f'href="{page_of(bill)}/due.ics?lang=en"' in text_of(client, page_of(bill))

    assert "due.ics" not in text_of(client, page_of(paid(bill)))


def test_documents_are_linked_when_they_can_be_made(client: Client, shop: Merchant, settings: Any) -> None:
    bill = part_paid(owed_bill(shop), Decimal("50.500"))
    path = page_of(bill)
    settings.PDF_DOCUMENTS = False
    assert ".pdf" not in text_of(client, path)
    assert '<li hidden><button class="print">' in text_of(client, path)

    settings.PDF_DOCUMENTS = True

    assert f'href="{path}/invoice.pdf?lang=en"' in text_of(client, path)
    assert "receipt.pdf" not in text_of(client, path)
    assert 'class="print"' not in text_of(client, path)
    take(bill, "50.500")
    assert f'href="{path}/receipt.pdf?lang=en"' in text_of(client, path)


def test_a_persons_first_look_is_counted_and_what_follows_by_itself_is_not(client: Client, shop: Merchant) -> None:
    path = page_of(MAKERS[State.PREPARING](shop))
    browser = {"User-Agent": "Mozilla/5.0 (Linux; Android 13)"}

    for query in ("", "?lang=ar", "?n=1", "?n=2&lang=ar", "?said=not-me"):
        client.get(path + query, headers=browser)
    client.get(path, headers={"User-Agent": "WhatsApp/2.23"})
    client.head(path, headers=browser)

    assert PageOpening.objects.get().count == 2


def test_a_database_that_only_reads_shows_the_page_uncounted(client: Client, shop: Merchant) -> None:
    path = page_of(owed_bill(shop))

    def read_only(execute: Any, sql: str, *args: Any) -> Any:
        if not sql.lstrip(" (\n").startswith("SELECT"):
            raise InternalError("cannot execute in a read-only transaction")
        return execute(sql, *args)

    with connection.execute_wrapper(read_only):
        page = client.get(path, headers={"User-Agent": "Mozilla/5.0"})

    assert page.status_code == 200
    assert 'value="pay"' in page.content.decode()
    assert not PageOpening.objects.exists()


def test_the_certificate_is_offered_where_it_is_made_and_nowhere_else(client: Client, shop: Merchant) -> None:
    """Links that were refused when they were followed: a plan without an end had none, a refunded one had."""
    whole, part, endless = (paid_plan(shop) for _ in range(3))
    Installment.objects.filter(subscription=part, sequence=2).update(amount_refunded=Decimal(1))
    Subscription.objects.filter(pk=endless.pk).update(
        type="OPEN_ENDED", total_amount=None, recurring_amount=Decimal(300)
    )
    running = make_subscription(shop, Subscription.Type.CUSTOM_SCHEDULE)

    for plan, is_cleared in ((whole, True), (part, False), (endless, True), (running, False)):
        path = page_of(plan.installments.get(sequence=1))
        assert ("/clearance.pdf" in text_of(client, path)) == is_cleared
        assert (client.head(f"{path}/clearance.pdf").status_code == 200) == is_cleared
