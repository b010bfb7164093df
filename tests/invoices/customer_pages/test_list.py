"""A customer's permanent page: what stands on it, in which order, and what does not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, connection
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Customer, Merchant
from invoices.models import GatewayCallback, PageOpening
from invoices.pages.open_dues import MOST_SHOWN
from subscriptions.models import Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.customer_pages.dues import cash_for, list_of, plan_due_today, read, three_dues
from tests.invoices.pages.documents import make_shop, owed_bill, page_of, paid, part_paid, today_of

pytestmark = pytest.mark.django_db


def test_all_that_is_open_stands_there_oldest_first(client: Client, customer: Customer) -> None:
    page = read(client, list_of(customer))

    assert '<bdi class="figure">470.750</bdi> <bdi class="currency">JOD</bdi>' in page
    assert "3 payments open" in page
    names = [page.index(name) for name in ("Water Bill", "iPhone 15 Pro Max", "Internet", "Coming next")]
    assert names == sorted(names)
    assert "R••• S•••" in page
    assert "Razzbery Solutions" in page


def test_each_says_how_it_stands_and_has_its_own_button(client: Client, customer: Customer) -> None:
    page = read(client, list_of(customer))

    told = [page.index(words) for words in ("Overdue<", "5 days late", "Awaiting payment<", "Due today", "3 days left")]
    assert told == sorted(told)
    assert page.count("Awaiting payment<") == 2
    for bill in Bill.objects.all():
        assert f'href="{page_of(bill)}?lang=en&amp;visit=' in page
    assert page.count('class="button"') == 1
    assert page.count('class="button button-quiet"') == 2


def test_what_comes_next_of_a_running_plan_is_told_without_a_button(client: Client, shop: Merchant) -> None:
    plan = plan_due_today(shop)

    page = read(client, list_of(plan.customer))

    assert "Coming next" in page
    assert "Installment 1 of 2" in page
    assert page_of(plan.installments.get(sequence=1)) not in page
    assert "Installment 2 of 2" not in page
    assert "Nothing to pay now" in page


@pytest.mark.parametrize("status", ["PAUSED", "CANCELLED", "COMPLETED"])
def test_nothing_comes_next_of_a_plan_that_does_not_run(client: Client, shop: Merchant, status: str) -> None:
    plan = plan_due_today(shop)
    Subscription.objects.update(status=status)

    assert "Coming next" not in read(client, list_of(plan.customer))


def test_paid_cancelled_and_scheduled_amounts_are_not_open(client: Client, shop: Merchant) -> None:
    bill = paid(owed_bill(shop))
    Bill.objects.filter(pk=owed_bill(shop, service_type="Cancelled thing").pk).update(status="CANCELLED")
    make_subscription(shop)

    page = read(client, list_of(bill.customer))

    assert '<bdi class="figure">0.000</bdi>' in page
    assert "Nothing to pay now" in page
    assert 'class="dues"' not in page


def test_a_part_that_was_paid_is_taken_off(client: Client, shop: Merchant) -> None:
    bill = part_paid(owed_bill(shop), Decimal("50.500"))

    page = read(client, list_of(bill.customer))

    assert "Partly paid<" in page
    assert page.count("100.000") >= 2
    assert '<bdi class="figure">100.000</bdi>' in page


def test_while_a_payment_is_checked_nobody_is_invited_to_pay_again(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    owed_bill(shop, service_type="Internet")
    GatewayCallback.objects.create(
        merchant=shop,
        watch_id="a" * 32,
        kind="RETURN",
        payload=b"00",
        payload_digest="0" * 64,
        invoice=bill.invoices.get(),
        received_at=timezone.now(),
    )

    page = read(client, list_of(bill.customer))

    assert page.count("Payment is being checked") == 1
    assert page.count(">Pay</a>") == 1
    assert page.count(">Look</a>") == 1


def test_a_long_list_shows_the_oldest_and_counts_the_rest(client: Client, shop: Merchant) -> None:
    today = today_of(shop)
    for days in range(MOST_SHOWN + 2, 0, -1):
        make_bill(shop, due_date=today + timedelta(days=days), service_type=f"Bill-{days}-", amount=Decimal("1.000"))
    customer = Customer.objects.get()

    page = read(client, list_of(customer))

    assert '<bdi class="figure">27.000</bdi>' in page
    assert "27 payments open" in page
    assert f"Bill-{MOST_SHOWN}-" in page
    assert f"Bill-{MOST_SHOWN + 1}-" not in page
    assert "2 later payments are not shown here yet." in page
    assert page.count(">Pay</a>") == MOST_SHOWN


def test_a_merchant_that_takes_no_payments_offers_none(client: Client, shop: Merchant, customer: Customer) -> None:
    Merchant.objects.update(is_active=False)

    page = read(client, list_of(customer))

    assert "Paying is not possible right now." in page
    assert "470.750" in page
    assert "/pay/" not in page


def test_another_customer_and_another_merchant_are_not_mixed_in(client: Client, customer: Customer) -> None:
    other = make_shop("other-shop")
    owed_bill(customer.merchant, customer_phone="0790000000", service_type="A stranger's")
    owed_bill(other, service_type="Another shop's")

    page = read(client, list_of(customer))

    assert "stranger" not in page
    assert "Another shop" not in page
    assert "470.750" in page


def test_the_statement_tells_charges_payments_and_the_balance(client: Client, shop: Merchant) -> None:
    bill = part_paid(owed_bill(shop, days=-5), Decimal("50.500"))
    cash_for(bill, Decimal("50.500"))

    page = read(client, list_of(bill.customer))

    statement = page[page.index("<details") :]
    assert "<details open" not in page
    told = [
        statement.index(text) for text in ("Balance before", ">150.500<", "Payment · Cash", ">50.500<", ">100.000<")
    ]
    assert told == sorted(told)
    assert bill.billing_no in statement


def test_nothing_private_stands_on_the_page(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop, customer_name="Layla Haddad", notes="pays late", description="secret words")
    Customer.objects.update(address="Rainbow Street 5", national_id="9991012345", email="layla@example.com")

    page = read(client, list_of(bill.customer))

    for private in ("Layla", "Haddad", "pays late", "Rainbow", "9991012345", "layla@", "777839071", "secret words"):
        assert private not in page
    assert "L••• H•••" in page


def test_hostile_names_are_inert(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop, service_type="<script>alert(1)</script>\"'", customer_name="<b>x</b>")

    page = read(client, list_of(bill.customer))

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<b>" not in page


def test_both_languages(client: Client, shop: Merchant) -> None:
    path = list_of(three_dues(shop))

    assert '<html lang="en" dir="ltr">' in read(client, path + "?lang=en")
    arabic = read(client, path + "?lang=ar")
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "رازبيري" in arabic
    assert "470.750" in arabic


def test_a_database_that_only_reads_shows_the_list_uncounted(client: Client, customer: Customer) -> None:
    def read_only(execute: Any, sql: str, *args: Any) -> Any:
        if not sql.lstrip(" (\n").startswith("SELECT"):
            raise InternalError("cannot execute in a read-only transaction")
        return execute(sql, *args)

    with connection.execute_wrapper(read_only):
        page = client.get(list_of(customer), headers={"User-Agent": "Mozilla/5.0"})

    assert page.status_code == 200
    assert "470.750" in page.content.decode()
    assert not PageOpening.objects.exists()


def test_help_by_phone_and_whatsapp(client: Client, shop: Merchant, customer: Customer) -> None:
    assert 'href="tel:065000000"' in read(client, list_of(customer))
    assert "wa.me" not in read(client, list_of(customer))
    Merchant.objects.update(help_whatsapp="+962790000001", help_phone="")

    page = read(client, list_of(customer))

    assert 'href="https://wa.me/962790000001?text=Hello' in page
    assert "tel:" not in page
