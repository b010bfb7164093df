"""The task that "this is not me" leaves: found, decided, and told on the customer's page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Customer, Merchant, Role, WrongRecipient
from billing.services.wrong_recipients import report_wrong_recipient
from invoices.models import Reminder
from invoices.services.issuing import renew_invoice
from invoices.services.openings import note_opening
from subscriptions.models import Installment
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.admin.test_bill_acts import act, errors
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

LIST = "/admin/billing/wrongrecipient/"
MODEL = "billing/wrongrecipient"


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


def reported(merchant: Merchant, phone: str) -> Customer:
    customer = make_bill(merchant, customer_phone=phone, customer_name="Layla").customer
    report_wrong_recipient(customer=customer, now=timezone.now())
    return customer


@pytest.fixture
def customer(merchant: Merchant) -> Customer:
    return reported(merchant, "0770000005")


@pytest.fixture
def clerk(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.CLERK))


def report_of(customer: Customer) -> WrongRecipient:
    return customer.wrong_recipients.get()


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_first_page_counts_the_open_ones_and_leads_to_them(customer: Customer, clerk: Client) -> None:
    page = text_of(clerk, "/admin/")

    assert "Customers whose phone somebody else answered" in page
    assert f"{LIST}?state=open" in page


def test_what_is_to_be_decided_comes_first(merchant: Merchant, customer: Customer, clerk: Client) -> None:
    waiting = reported(merchant, "0770000006")
    act(clerk, MODEL, report_of(customer).pk, "keep-stopped")

    def shown(query: str = "") -> list[int]:
        return [row.customer_id for row in clerk.get(f"{LIST}{query}").context["cl"].result_list]

    assert shown() == [waiting.pk, customer.pk]
    assert (shown("?state=open"), shown("?state=decided")) == ([waiting.pk], [customer.pk])


def test_it_was_the_customer(customer: Customer, clerk: Client) -> None:
    told = act(clerk, MODEL, report_of(customer).pk, "it-is-the-customer")

    customer.refresh_from_db()
    assert told == ["Messages to this customer go on."]
    assert (customer.messages_stopped_at, report_of(customer).resolution) == (None, "RESUMED")


def test_the_number_is_corrected(customer: Customer, clerk: Client) -> None:
    act(clerk, MODEL, report_of(customer).pk, "correct-phone", phone="0790000009")

    customer.refresh_from_db()
    assert (customer.phone, customer.messages_stopped_at) == ("+962790000009", None)
    assert report_of(customer).resolution == "CORRECTED"


@pytest.mark.parametrize("phone", ["", "0790", "+962790000009", "0690000009"])
def test_what_is_no_mobile_number_is_asked_for_again(customer: Customer, clerk: Client, phone: str) -> None:
    assert set(errors(clerk, MODEL, report_of(customer).pk, "correct-phone", phone=phone)) == {"phone"}

    assert Customer.objects.get(pk=customer.pk).phone == customer.phone
    assert report_of(customer).resolution == ""


def test_a_taken_number_is_refused_with_what_to_do(merchant: Merchant, customer: Customer, clerk: Client) -> None:
    make_bill(merchant, customer_phone="0770000001")

    told = act(clerk, MODEL, report_of(customer).pk, "correct-phone", phone="0770000001")

    assert told == ["Another customer has this number. Check it; if the two are one person, merge them."]
    assert report_of(customer).resolution == ""


def test_the_customers_page_says_that_messages_are_stopped_and_lets_them_go_on(
    customer: Customer, clerk: Client
) -> None:
    address, notice = f"/admin/billing/customer/{customer.pk}/change/", "No messages go to this phone"
    act(clerk, MODEL, report_of(customer).pk, "keep-stopped")
    assert notice in text_of(clerk, address)
    assert "No more messages to this phone" in text_of(clerk, address)

    act(clerk, "billing/customer", customer.pk, "resume-messages")

    customer.refresh_from_db()
    assert customer.messages_stopped_at is None
    assert notice not in text_of(clerk, address)


def test_the_number_can_be_corrected_later_from_the_customers_page(customer: Customer, clerk: Client) -> None:
    act(clerk, MODEL, report_of(customer).pk, "keep-stopped")

    act(clerk, "billing/customer", customer.pk, "correct-phone", phone="0790000009")

    customer.refresh_from_db()
    assert (customer.phone, customer.messages_stopped_at) == ("+962790000009", None)
    assert report_of(customer).resolution == "STOPPED"


def test_another_merchants_staff_see_and_decide_nothing(customer: Customer) -> None:
    stranger = signed_in(make_staff(make_merchant("stranger"), Role.OWNER))
    address = f"{LIST}{report_of(customer).pk}/"

    assert list(stranger.get(LIST).context["cl"].result_list) == []
    assert "Customers whose phone somebody else answered" not in text_of(stranger, "/admin/")
    assert stranger.get(f"{address}change/").status_code == 404
    assert stranger.post(f"{address}do/it-is-the-customer/").status_code == 404
    assert report_of(customer).resolution == ""


def test_a_whatsapp_link_is_not_offered_for_a_stopped_customer(
    merchant: Merchant, customer: Customer, clerk: Client
) -> None:
    invoice = renew_invoice(payable=customer.bills.get(), actor="system", now=timezone.now())
    reminder = Reminder.objects.create(
        merchant=merchant,
        customer=customer,
        bill=invoice.bill,
        invoice=invoice,
        days=3,
        channel="WHATSAPP",
        on_date=merchant.local_date(timezone.now()),
        status="TO_DO",
        claimed_at=timezone.now(),
    )
    address = f"/admin/invoices/reminder/{reminder.pk}/change/"
    assert "wa.me" not in text_of(clerk, address)
    assert "Messages to this customer are stopped." in text_of(clerk, address)

    act(clerk, MODEL, report_of(customer).pk, "it-is-the-customer")

    assert "Messages to this customer are stopped." not in text_of(clerk, address)


def test_openings_are_shown_where_staff_look(merchant: Merchant, clerk: Client) -> None:
    bill = make_bill(merchant)
    installment = make_subscription(merchant, "CUSTOM_SCHEDULE").installments.get(sequence=1)
    pages: dict[str, Bill | Installment | Customer] = {
        f"/admin/billing/bill/{bill.pk}/change/": bill,
        f"/admin/subscriptions/installment/{installment.pk}/change/": installment,
        f"/admin/billing/customer/{bill.customer_id}/change/": bill.customer,
    }
    assert all("Not opened yet" in text_of(clerk, address) for address in pages)

    for opened in pages.values():
        note_opening(opened=opened, now=timezone.now())
    assert all("Opened 1 time, last:" in text_of(clerk, address) for address in pages)

    note_opening(opened=bill, now=timezone.now())
    assert "Opened 2 times, last:" in text_of(clerk, f"/admin/billing/bill/{bill.pk}/change/")
