"""A bill made by staff: for a customer they found or a new one, shown beforehand, and made once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Customer, Event, Membership, Merchant, Role
from invoices.admin.payables.bill_preview import BillPreview
from invoices.services.issuing import issue_due
from tests.factories import make_bill, make_merchant
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

ADD = "/admin/billing/bill/add/"
# A Sunday far ahead: no weekend, and not passed.
DUE = date(2030, 12, 1)


def entries(merchant: Merchant, /, **changes: Any) -> dict[str, Any]:
    return {
        "form_id": "a-form-of-these-tests",
        "merchant": merchant.pk,
        "customer": "",
        "customer_name": "ليلى حداد",
        "customer_phone": "+962 777 839 071",
        "service_type": "Water",
        "amount": "١٥٠٫٥",
        "due_date": DUE.isoformat(),
        **changes,
    }


def confirm(client: Client, stated: dict[str, Any]) -> Any:
    return client.post(ADD, {**stated, "confirmed": "1"}, follow=True)


def preview_in(response: Any) -> BillPreview:
    preview: BillPreview = response.context["preview"]
    return preview


def words(response: Any) -> str:
    return " ".join(str(warning) for warning in preview_in(response).warnings)


def found_by(client: Client, text: str, **more: Any) -> list[Customer]:
    return list(client.post(ADD, {"find": text, "preview": "1", **more}).context["form"].found)


def test_a_bill_for_a_new_customer_is_shown_and_then_made() -> None:
    merchant = make_merchant()
    clerk = make_staff(merchant, Role.CLERK)
    stated = entries(merchant, channel="WHATSAPP", description="November", notes="Called on Sunday")

    shown = signed_in(clerk).post(ADD, stated)
    assert "November" in str(preview_in(shown).message)
    assert "no gateway account" in words(shown)
    assert not merchant.bills.exists()
    assert not merchant.customers.exists()
    response = confirm(signed_in(clerk), stated)

    bill = merchant.bills.get()
    assert response.redirect_chain[-1][0] == f"/admin/billing/bill/{bill.pk}/change/"
    assert told(response) == [f"Bill {bill.billing_no} is made. Its invoice follows within a minute."]
    assert (bill.customer_phone, bill.customer.phone) == ("0777839071", "+962777839071")
    assert (bill.amount, bill.due_date, bill.channel) == (Decimal("150.500"), DUE, "WHATSAPP")
    assert (bill.service_type, bill.description, bill.notes) == ("Water", "November", "Called on Sunday")
    events = Event.objects.filter(subject=Event.Subject.BILL, subject_id=bill.pk)
    assert list(events.values_list("name", "actor")) == [("created", f"user:{clerk.pk}")]


def test_one_form_makes_one_bill_however_often_it_is_posted() -> None:
    merchant = make_merchant()
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    first, again = (confirm(clerk, entries(merchant)) for _ in range(2))
    other = confirm(clerk, entries(merchant, amount="99"))
    new_form = confirm(clerk, entries(merchant, amount="99", form_id="another-form-of-these"))

    assert first.redirect_chain == again.redirect_chain
    assert other.context["form"].non_field_errors() == [
        "This form was used already, with other entries. Begin a new one for them."
    ]
    assert new_form.redirect_chain
    assert list(merchant.bills.order_by("pk").values_list("amount", flat=True)) == [Decimal("150.500"), Decimal(99)]


def test_one_form_makes_one_bill_whichever_merchant_is_chosen() -> None:
    mine, other = make_merchant("mine"), make_merchant("other")
    clerk = make_staff(mine, Role.CLERK)
    Membership.objects.create(merchant=other, user=clerk, role=Role.CLERK)
    confirm(signed_in(clerk), entries(mine))

    elsewhere = confirm(signed_in(clerk), entries(other))
    somebody_else = confirm(signed_in(make_staff(other, Role.CLERK)), entries(other))

    assert "with other entries" in elsewhere.context["form"].non_field_errors()[0]
    assert somebody_else.redirect_chain
    assert (mine.bills.count(), other.bills.count()) == (1, 1)


def test_looking_for_a_customer_costs_the_same_however_many_are_found(
    django_assert_max_num_queries: Any,
) -> None:
    merchant = make_merchant()
    for number in range(12):
        make_bill(merchant, customer_phone=f"07900000{number:02}", customer_name=f"Laila {number}")
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    with django_assert_max_num_queries(12):
        found = found_by(clerk, "Laila")

    assert [customer.name for customer in found] == [f"Laila {number}" for number in range(11, 3, -1)]


@pytest.mark.parametrize(
    ("sought", "begun"),
    [
        ("Omar Nasser", ("Omar Nasser", "")),
        ("٠٧٩ ٠٠٠ ٠٠٠٩", ("", "0790000009")),
        ("12345", ("", "")),
        ("Laila", ("", "")),
    ],
)
def test_what_was_looked_for_in_vain_begins_the_new_customer(sought: str, begun: tuple[str, str]) -> None:
    merchant = make_merchant()
    make_bill(merchant, customer_name="Laila")
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    form = clerk.post(ADD, {"find": sought, "preview": "1"}).context["form"]
    typed = clerk.post(ADD, {"find": sought, "preview": "1", "customer_name": "Typed"}).context["form"]

    assert (form["customer_name"].value() or "", form["customer_phone"].value() or "") == begun
    assert typed["customer_name"].value() == "Typed"


def test_the_address_of_a_phone_s_customer_is_enough_for_a_bill_by_e_mail() -> None:
    merchant = make_merchant()
    make_bill(merchant, customer_name="ليلى حداد", customer_email="laila@example.com")

    shown = signed_in(make_staff(merchant)).post(ADD, entries(merchant, channel="EMAIL"))

    assert not shown.context["form"].errors


@pytest.mark.parametrize("spoken", ["0777 839 071", "٠٧٧٧٨٣٩٠٧١", "+962777839071", "839071", "ليلي", "9871234567"])
def test_a_customer_is_found_by_phone_name_or_national_id(spoken: str) -> None:
    merchant, stranger = make_merchant(), make_merchant("stranger")
    for owner in (merchant, stranger):
        stated = {"customer_phone": "0777839071", "customer_name": "ليلى", "customer_national_id": "9871234567"}
        make_bill(owner, **stated)
    make_bill(merchant, customer_phone="0790000001", customer_name="Omar")
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    found = found_by(clerk, spoken)

    assert found == [merchant.customers.get(name="ليلى")]


def test_a_bill_for_a_customer_who_was_found_changes_nothing_of_theirs() -> None:
    merchant = make_merchant()
    known = make_bill(merchant, customer_name="ليلى حداد", customer_email="laila@example.com").customer
    clerk = signed_in(make_staff(merchant, Role.CLERK))
    before = Customer.objects.filter(pk=known.pk).values("name", "phone", "email", "national_id").get()

    page = clerk.get(ADD, {"customer": known.pk})
    assert page.context["form"].chosen == known
    # What was typed before somebody was chosen is not looked at.
    stated = entries(merchant, customer=known.pk, customer_name="x", customer_phone="nonsense", channel="EMAIL")
    confirm(clerk, stated)

    bill = known.bills.latest("pk")
    assert (bill.service_type, bill.customer_name, bill.customer_phone) == ("Water", "ليلى حداد", "0777839071")
    assert merchant.customers.get() == known
    assert Customer.objects.filter(pk=known.pk).values("name", "phone", "email", "national_id").get() == before


def test_what_makes_one_think_is_said_beforehand() -> None:
    merchant = make_merchant()
    today = merchant.local_date(timezone.now())
    twin = make_bill(merchant, customer_name="Laila", service_type="Water", amount=Decimal("150.5"), due_date=today)
    clerk = signed_in(make_staff(merchant, Role.CLERK))
    Customer.objects.filter(pk=twin.customer_id).update(messages_stopped_at=timezone.now())

    same = clerk.post(ADD, entries(merchant, due_date=today.isoformat()))
    late = clerk.post(ADD, entries(merchant, customer_phone="0790000001", due_date=str(today - timedelta(days=1))))
    friday = clerk.post(ADD, entries(merchant, customer_phone="0790000001", due_date="2030-11-29"))
    link = clerk.post(ADD, entries(merchant, customer_phone="0790000001", channel="LINK"))

    assert twin.billing_no in words(same)
    assert "Laila" in words(same)
    assert "No messages go to this phone" in words(same)
    assert preview_in(same).message == preview_in(link).message == ""
    assert "The due date has passed." in words(late)
    assert "Falls on the weekend: 29 Nov 2030." in words(friday)
    assert words(link) == ""
    assert merchant.bills.get() == twin


def test_a_former_number_leads_to_its_customer() -> None:
    merchant = make_merchant()
    known = make_bill(merchant, customer_name="Laila").customer
    Customer.objects.create(merchant=merchant, phone="+962790000001", name="Laila H.", merged_into=known)
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    found = found_by(clerk, "0790 000 001")
    shown = clerk.post(ADD, entries(merchant, customer_phone="0790000001"))
    confirm(clerk, entries(merchant, customer_phone="0790000001"))

    assert found == [known]
    assert "is a former number of" in words(shown)
    assert known.bills.count() == 2
    assert Customer.objects.get(pk=known.pk).name == "Laila"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer_name": "\u200b"}, "customer_name"),
        ({"customer_name": "a\u202eb"}, "customer_name"),
        ({"customer_name": "a" * 201}, "customer_name"),
        ({"customer_phone": "06 5001234"}, "customer_phone"),
        ({"customer_phone": ""}, "customer_phone"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"customer_national_id": "12"}, "customer_national_id"),
        ({"customer_address": "\x00"}, "customer_address"),
        ({"service_type": " "}, "service_type"),
        ({"service_type": "\u3164"}, "service_type"),
        ({"amount": "\u200b"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1.0005"}, "amount"),
        ({"amount": "1,500"}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"amount": "1000000000"}, "amount"),
        ({"due_date": "2026-02-30"}, "due_date"),
        ({"due_date": "1999-12-31"}, "due_date"),
        ({"description": "a" * 2001}, "description"),
        ({"channel": "EMAIL"}, "channel"),
        ({"channel": "PIGEON"}, "channel"),
        ({"form_id": ""}, "form_id"),
        ({"customer": "9" * 30}, "customer"),
        ({"customer": "x"}, "customer"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_made(changes: dict[str, str], field: str) -> None:
    merchant = make_merchant()

    response = signed_in(make_staff(merchant)).post(ADD, entries(merchant, **changes) | {"confirmed": "1"})

    assert list(response.context["form"].errors) == [field]
    assert not Bill.objects.exists()
    assert not Customer.objects.exists()


def test_amounts_have_the_decimals_of_the_merchants_currency() -> None:
    merchant = make_merchant(currency="SAR")

    response = signed_in(make_staff(merchant)).post(ADD, entries(merchant, amount="1.005"))

    assert "at most 2 decimals" in response.context["form"].errors["amount"][0]


def test_others_merchants_and_customers_do_not_exist() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    stranger = make_bill(theirs, customer_name="Stranger").customer
    clerk = signed_in(make_staff(mine, Role.CLERK))

    other_merchant = confirm(clerk, entries(theirs))
    other_customer = confirm(clerk, entries(mine, customer=stranger.pk))
    unheard_of = [confirm(clerk, {**entries(mine), "merchant": pk}) for pk in ("9" * 30, "x", "-1")]
    linked = clerk.get(ADD, {"customer": stranger.pk})

    assert [list(each.context["form"].errors) for each in (other_merchant, *unheard_of)] == [["merchant"]] * 4
    assert list(other_customer.context["form"].errors) == ["customer"]
    assert linked.context["form"].chosen is None
    assert "Stranger" not in linked.content.decode()
    assert found_by(clerk, "Stranger") == found_by(clerk, "Stranger", merchant=theirs.pk) == []
    assert Bill.objects.count() == 1


def test_people_with_several_merchants_make_bills_where_their_role_says_so() -> None:
    mine, other, watched = (make_merchant(name) for name in ("mine", "other", "watched"))
    clerk = make_staff(mine, Role.CLERK)
    Membership.objects.create(merchant=other, user=clerk, role=Role.MANAGER)
    Membership.objects.create(merchant=watched, user=clerk, role=Role.VIEWER)
    customers = [make_bill(merchant, customer_name="Laila").customer for merchant in (mine, other, watched)]

    found = found_by(signed_in(clerk), "Laila")
    of_other = confirm(signed_in(clerk), entries(mine, customer=customers[1].pk))
    refused = [confirm(signed_in(clerk), {**entries(watched), "merchant": pk}) for pk in (watched.pk, "")]

    assert set(found) == set(customers[:2])
    assert of_other.redirect_chain
    assert [list(response.context["form"].errors) for response in refused] == [["merchant"], ["merchant"]]
    assert [merchant.bills.count() for merchant in (mine, other, watched)] == [1, 2, 1]


@pytest.mark.parametrize("role", [Role.CASHIER, Role.VIEWER, Role.AUDITOR])
def test_other_roles_make_none(role: Role) -> None:
    merchant = make_merchant()
    somebody = signed_in(make_staff(merchant, role))

    assert somebody.get(ADD).status_code == 403
    assert somebody.post(ADD, entries(merchant) | {"confirmed": "1"}).status_code == 403

    assert not Bill.objects.exists()


def test_it_is_invoiced_like_every_other_bill() -> None:
    merchant = make_merchant(bills_per_hour=1)
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    for form_id in ("first-form-of-these-tests", "second-form-of-these-tests"):
        confirm(clerk, entries(merchant, form_id=form_id, channel="LINK"))
    made = issue_due(merchant=merchant, now=timezone.now())

    assert made == 2  # the limit of an hour is the API's
    assert {bill.invoices.get().channel for bill in merchant.bills.all()} == {"LINK"}
