"""Merging, letting a number go and forgetting, as a manager sees them in the admin."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Bill, Customer, Event, Merchant
from billing.services import cancel_bill
from invoices.models import Invoice, Payment
from invoices.searching.everything import search_everything
from subscriptions.models import Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.pages.documents import make_shop, send_invoice
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

SECOND = "0790000001"


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def owner(shop: Merchant) -> Client:
    return signed_in(make_staff(shop))


@pytest.fixture
def survivor(shop: Merchant) -> Customer:
    return make_bill(shop, customer_name="Ahmad Odeh", customer_national_id="9991234567").customer


@pytest.fixture
def double(shop: Merchant) -> Customer:
    stated = {"customer_name": "Ahmed Odeh", "customer_phone": SECOND, "customer_national_id": "9991234567"}
    return make_bill(shop, **stated, customer_address="Amman").customer


def act_url(customer: Customer, act: str) -> str:
    return reverse("admin:billing_customer_do", args=[customer.pk, act])


def page_url(customer: Customer) -> str:
    return reverse("admin:billing_customer_change", args=[customer.pk])


def filled_in(double: Customer, **changed: Any) -> dict[str, Any]:
    stated = {"double": double.pk, "phone": "survivor", "name": "double", "left_number": "THEIRS", "reason": "one man"}
    return stated | changed


def test_a_double_is_found_looked_at_and_merged(owner: Client, survivor: Customer, double: Customer) -> None:
    found = owner.get(act_url(survivor, "merge"), {"find": "٠٧٩٠٠٠"}).content.decode()
    assert f"?double={double.pk}" in found
    assert f"?double={survivor.pk}" not in found

    shown = owner.get(act_url(survivor, "merge"), {"double": double.pk})
    assert list(shown.context["form"].fields) == ["double", "phone", "name", "left_number", "reason"]
    assert "Taken over because it is empty here: address." in shown.content.decode()

    response = owner.post(act_url(survivor, "merge"), filled_in(double), follow=True)

    assert told(response) == ["\u2068Ahmed Odeh\u2069 is one customer now, with everything of both."]
    survivor.refresh_from_db()
    assert (survivor.name, survivor.phone, survivor.address) == ("Ahmed Odeh", "+962777839071", "Amman")
    text = response.content.decode()
    assert "0790000001" in text
    assert "A double was merged into this customer" in text
    assert survivor.bills.count() == 2


def test_what_either_owes_and_has_paid_is_told_and_the_two_can_be_swapped(
    shop: Merchant, owner: Client, survivor: Customer, double: Customer
) -> None:
    bill = survivor.bills.get()
    of_bill = {"merchant": shop, "customer": survivor, "bill": bill, "currency": bill.currency}
    Payment.objects.create(
        **of_bill,
        method="CASH",
        amount=Decimal("50.500"),
        applied_amount=Decimal("50.500"),
        recorded_by=make_staff(shop, username="cashier"),
        received_at=timezone.now(),
    )
    Bill.objects.filter(pk=bill.pk).update(amount_paid=Decimal("50.500"))
    make_subscription(shop, customer_phone=SECOND, total_amount=Decimal(300), monthly_payment=Decimal(100))
    plan = double.subscriptions.get()
    plan.installments.filter(sequence=1).update(status="INVOICED")

    page = owner.get(act_url(survivor, "merge"), {"double": double.pk}).content.decode()
    swapped = owner.get(act_url(double, "merge"), {"double": survivor.pk}).content.decode()

    asked_for = {line: sum_of_line(page, line) for line in ("Still owed", "Paid so far")}
    assert asked_for == {"Still owed": ["100.000", "250.500", "350.500"], "Paid so far": ["50.500", "", "50.500"]}
    assert sum_of_line(swapped, "Still owed") == ["250.500", "100.000", "350.500"]
    assert f'{act_url(double, "merge")}?double={survivor.pk}"' in page
    assert Customer.objects.current().count() == 2


def sum_of_line(page: str, title: str) -> list[str]:
    """What the three cells beside this title say, as bare amounts."""
    line = re.search(rf'<th scope="row">{title}</th>(.*?)</tr>', page, re.DOTALL)
    assert line is not None
    cells = re.findall(r"<td>(.*?)</td>", line.group(1), re.DOTALL)
    return [re.sub(r"<[^>]*>", "", cell).replace("JOD\u00a0", "").replace("—", "") for cell in cells]


def test_what_is_not_filled_in_is_asked_for_again_and_nothing_is_merged(
    owner: Client, survivor: Customer, double: Customer
) -> None:
    response = owner.post(act_url(survivor, "merge"), filled_in(double, reason="", left_number=""))

    assert set(response.context["form"].errors) == {"left_number", "reason"}
    assert "What comes together" in response.content.decode()
    assert Customer.objects.current().count() == 2


def test_another_merchants_customer_is_no_double(owner: Client, survivor: Customer) -> None:
    theirs = make_bill(make_merchant("elsewhere"), customer_name="Ahmad Odeh", customer_phone=SECOND).customer
    nobody = {"double": str(theirs.pk + 1000)}

    for text in ("Odeh", "0790"):
        assert owner.get(act_url(survivor, "merge"), {"find": text}).context["found"] == []
    for stated in ({"double": str(theirs.pk)}, nobody, {"double": "x"}, {"double": str(survivor.pk)}):
        assert owner.get(act_url(survivor, "merge"), stated).status_code == 404
        assert owner.post(act_url(survivor, "merge"), filled_in(survivor) | stated).status_code == 404

    theirs.refresh_from_db()
    assert theirs.merged_into is None


def test_the_same_national_id_is_pointed_out_to_whoever_may_merge(
    shop: Merchant, owner: Client, survivor: Customer, double: Customer
) -> None:
    clerk = signed_in(make_staff(shop, username="clerk", role="CLERK"))  # type: ignore[arg-type]
    link = f"{act_url(survivor, 'merge')}?double={double.pk}"

    assert link in owner.get(page_url(survivor)).content.decode()
    assert link not in clerk.get(page_url(survivor)).content.decode()


def test_old_addresses_and_searches_lead_to_the_survivor(
    shop: Merchant, owner: Client, survivor: Customer, double: Customer
) -> None:
    owner.post(act_url(survivor, "merge"), filled_in(double))

    assert owner.get(page_url(double)).headers["Location"] == page_url(survivor)
    assert owner.get(act_url(double, "note")).status_code == 404
    listed = owner.get(reverse("admin:billing_customer_changelist"), {"q": "0790000"}).context["cl"].result_list
    assert [customer.pk for customer in listed] == [survivor.pk]
    assert [customer.pk for customer in Customer.objects.current()] == [survivor.pk]
    (line,) = search_everything(user=make_staff(shop, username="other"), text="0790000001", today=timezone.localdate())
    assert (line.link, line.description.startswith("\u2068Former number")) == (page_url(double), True)
    stranger = signed_in(make_staff(make_merchant("elsewhere")))
    assert stranger.get(page_url(double)).status_code == 404


def test_the_former_number_finds_the_documents_too(
    shop: Merchant, owner: Client, survivor: Customer, double: Customer
) -> None:
    owner.post(act_url(survivor, "merge"), filled_in(double))
    make_subscription(shop, customer_phone="0777839071")
    bill = survivor.bills.order_by("pk")[0]
    send_invoice(bill)
    cashier = make_staff(shop, username="cashier")
    of_bill = {"merchant": shop, "customer": survivor, "bill": bill, "currency": bill.currency}
    Payment.objects.create(
        **of_bill, method="CASH", amount=1, applied_amount=1, recorded_by=cashier, received_at=timezone.now()
    )
    make_bill(shop, customer_phone="0770000009")
    stranger = signed_in(make_staff(make_merchant("elsewhere")))

    for model in (Bill, Invoice, Payment, Subscription):
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        found, theirs = (client.get(address, {"q": SECOND}).context["cl"].result_list for client in (owner, stranger))
        assert {row.customer_id for row in found} == {survivor.pk}, model
        assert list(theirs) == [], model


def test_a_former_number_is_let_go(shop: Merchant, owner: Client, survivor: Customer, double: Customer) -> None:
    owner.post(act_url(survivor, "merge"), filled_in(double))
    assert "/do/release-number/" in owner.get(page_url(survivor)).content.decode()

    response = owner.post(act_url(survivor, "release-number"), {"former": double.pk}, follow=True)

    assert told(response) == ["\u20660790000001\u2069 does not lead to this customer any more."]
    assert "/do/release-number/" not in response.content.decode()
    assert make_bill(shop, customer_phone=SECOND).customer_id not in {survivor.pk, double.pk}


def test_forgetting_says_what_is_open_first_and_then_forgets(owner: Client, survivor: Customer) -> None:
    url = act_url(survivor, "forget")
    assert "1 bill is still owed: take the money or cancel it." in owner.get(url).content.decode()
    refused = owner.post(url, {"reason": "asked by letter"}, follow=True)
    assert told(refused) == [
        "Nothing was forgotten, because something about this customer is still open. "
        "1 bill is still owed: take the money or cancel it."
    ]
    bill = survivor.bills.get()
    cancel_bill(merchant_id=survivor.merchant_id, bill_id=bill.pk, reason="gone", actor="user:1", now=timezone.now())

    assert owner.post(url, {"reason": ""}).status_code == 200
    response = owner.post(url, {"reason": "asked by letter"}, follow=True)

    name = f"Forgotten customer {survivor.pk}"
    assert told(response) == [f"Nothing says any more who this was. The row is called \u2068{name}\u2069."]
    text = response.content.decode()
    assert "Ahmad" not in text
    assert "asked by letter" in text
    assert "/do/" not in text
    assert owner.post(act_url(survivor, "note"), {"text": "it was Ahmad"}).status_code == 403
    assert Event.objects.filter(name="forgotten").count() == 1
