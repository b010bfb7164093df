"""The list of bills is searched by whatever names a bill, and narrowed by service and amount."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from billing.clock import database_now
from billing.models import Bill, Merchant
from invoices.admin.payables.bills import FullBillAdmin
from invoices.models import Invoice
from invoices.services.issuing import issue_due
from tests.factories import make_bill, make_merchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en")


@pytest.fixture
def clerk(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant))


def listed(client: Client, **query: str) -> list[Bill]:
    response = client.get(reverse("admin:billing_bill_changelist"), query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


@pytest.mark.parametrize("most_read", [0, 10_000])
def test_the_box_finds_invoice_numbers_national_ids_and_what_is_to_be_paid(
    merchant: Merchant, clerk: Client, most_read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = admin.site.get_model_admin(Bill)
    assert isinstance(screen, FullBillAdmin)
    monkeypatch.setattr(screen, "search", replace(screen.search, most_read=most_read), raising=False)
    wanted = make_bill(merchant, customer_national_id="9981034456", amount=Decimal("1177.125"))
    make_bill(merchant, customer_phone="0790000001", amount=Decimal("1177.126"))
    paid = make_bill(merchant, customer_phone="0790000001", amount=Decimal("1177.125"))
    Bill.objects.filter(pk=paid.pk).update(status="CANCELLED")
    stranger = make_bill(make_merchant("stranger"), customer_national_id="9981034456", amount=Decimal("1177.125"))
    issue_due(merchant=merchant, now=database_now())
    issue_due(merchant=stranger.merchant, now=database_now())
    Invoice.objects.filter(bill=stranger).update(number="INV-STRANGER")
    number = Invoice.objects.get(bill=wanted).number

    for term in ("9981034456", "٩٩٨١٠٣٤٤٥٦", number, number.lower(), "1177.125", "1,177.125", "١١٧٧٫١٢٥"):
        assert listed(clerk, q=term) == [wanted], term
    for term in (number[:-1], "998103445", "INV-STRANGER", "1177.1255", "1177.12"):
        assert listed(clerk, q=term) == [], term


def test_bills_are_narrowed_by_service_and_services_are_offered(merchant: Merchant, clerk: Client) -> None:
    water, _other = make_bill(merchant, service_type="Water & sewage"), make_bill(merchant, service_type="مولد")
    make_bill(merchant, service_type="Water & sewage")
    make_bill(make_merchant("stranger"), service_type="Secret water")

    def offered(term: str) -> list[tuple[str, ...]]:
        asked = {"kind": "service", "as": "service_type", "term": term, "list": "status=PENDING&before=3"}
        return list(clerk.get(reverse("admin:offers"), asked).context["offers"])

    assert [each[0] for each in offered("")] == ["Water & sewage", "مولد"]
    ((title, _detail, _merchant, url),) = offered("WATER")
    assert (title, url) == ("Water & sewage", "?status=PENDING&service_type=Water+%26+sewage")
    assert listed(clerk, service_type="Water & sewage")[-1] == water
    assert len(listed(clerk, service_type="Water & sewage")) == 2
    assert [listed(clerk, service_type=text) for text in ("Water", "Secret water", "a\0b")] == [[]] * 3


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ({"amount_from": "10"}, ["10", "20.500"]),
        ({"amount_to": "10"}, ["5", "10"]),
        ({"amount_from": "١٠", "amount_to": "20٫5"}, ["10", "20.500"]),
        ({"amount_from": "10.001", "amount_to": ""}, ["20.500"]),
        ({"amount_from": "ten"}, []),
        ({"amount_from": "1.00001"}, []),
    ],
    ids=str,
)
def test_bills_to_be_paid_are_narrowed_by_amount(
    merchant: Merchant, clerk: Client, stated: dict[str, str], found: list[str]
) -> None:
    for amount in ("5", "10", "20.500"):
        make_bill(merchant, amount=Decimal(amount))
    cancelled = make_bill(merchant, amount=Decimal(10))
    Bill.objects.filter(pk=cancelled.pk).update(status="CANCELLED")

    page = clerk.get(reverse("admin:billing_bill_changelist"), stated | {"status": "PENDING"})

    assert [bill.amount for bill in reversed(page.context["cl"].result_list)] == [Decimal(text) for text in found]
    if found:
        (chosen,) = page.context["cl"].chosen
        assert chosen[2] == "?status=PENDING"
        assert '<input type="hidden" name="status" value="PENDING">' in page.content.decode()
