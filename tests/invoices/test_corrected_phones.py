"""The customer's number is corrected: old links die, what is open goes to the right phone, nothing to the old one."""

from __future__ import annotations

from typing import Any

import pytest

from billing.clock import database_now
from billing.models import Bill, Customer, Event, Merchant, User, WrongRecipient
from billing.payment_links import InvalidLink
from billing.phones import InvalidPhone
from billing.services.phone_numbers import PhoneTaken, SamePhone
from billing.services.wrong_recipients import report_wrong_recipient
from invoices.models import Invoice
from invoices.pages.payables import find_payable
from invoices.sandbox.models import InvoiceStatus
from invoices.services import sweeps
from invoices.services.corrected_phones import correct_phone
from invoices.services.orders import page_url
from subscriptions.models import Installment
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import cancel_at_gateway, take
from tests.invoices.differences import find_differences
from tests.invoices.pages.documents import make_shop, send_invoice
from tests.invoices.sandbox_account import SandboxedMerchant
from tests.staff import make_staff

at_the_gateway = pytest.mark.django_db(transaction=True)
in_the_ledger = pytest.mark.django_db

OLD, RIGHT = "+962777839071", "+962790000001"


@pytest.fixture
def clerk(db: None) -> User:
    return make_staff(None)


@pytest.fixture
def invoice(db: None) -> Invoice:
    """Sent to the old phone, as far as the ledger knows."""
    bill = make_bill(make_shop())
    return send_invoice(bill)


def correct(customer: Customer, user: User, phone: str = "0790000001") -> Customer:
    return correct_phone(
        merchant_id=customer.merchant_id, customer_id=customer.pk, phone=phone, user=user, now=database_now()
    )


def token_of(invoice: Invoice) -> str:
    return page_url(invoice).rpartition("/")[2]


def leads_somewhere(token: str, settings: Any) -> bool:
    try:
        find_payable(username="razzbery", link_token=token, key=settings.PAYMENT_LINK_KEY)
    except InvalidLink:
        return False
    return True


@at_the_gateway
def test_the_right_phone_gets_a_new_link_and_the_old_one_is_dead(
    shop: SandboxedMerchant, sent: Invoice, clerk: User
) -> None:
    report_wrong_recipient(customer=sent.customer, now=database_now())

    customer = correct(sent.customer, clerk)
    cancel_at_gateway(shop)
    sweeps.tidy(now=database_now())
    shop.push()

    sent.refresh_from_db()
    successor = Invoice.objects.live().get()
    assert (customer.phone, customer.messages_stopped_at) == (RIGHT, None)
    assert (sent.status, shop.at_gateway(sent).status) == ("CANCELLED", InvoiceStatus.CANCELLED)
    assert (successor.channel, successor.delivery) == ("SMS", "SENT")
    assert [(message.channel, message.to) for message in shop.messages()] == [("SMS", OLD), ("SMS", RIGHT)]
    report = WrongRecipient.objects.get()
    assert (report.resolution, report.resolved_by) == ("CORRECTED", clerk)
    told = Event.objects.filter(subject=Event.Subject.CUSTOMER, subject_id=customer.pk).order_by("pk")
    assert list(told.values_list("name", flat=True)) == ["wrong_recipient_reported", "phone_corrected"]
    assert find_differences(now=database_now()) == []


@at_the_gateway
def test_every_page_that_was_sent_to_the_old_phone_is_revoked(
    shop: SandboxedMerchant, sent: Invoice, clerk: User, settings: Any
) -> None:
    take(Bill.objects.get(), "100")  # the pages of what is paid name the customer too
    make_subscription(shop.merchant, "CUSTOM_SCHEDULE")
    stranger = make_bill(shop.merchant, customer_phone="0770000002")
    shop.issue()
    tokens = {token_of(invoice): invoice.customer_id for invoice in Invoice.objects.all()}
    assert all(leads_somewhere(token, settings) for token in tokens)
    version = sent.customer.link_version

    customer = correct(sent.customer, clerk)

    for token, customer_id in tokens.items():
        assert leads_somewhere(token, settings) == (customer_id == stranger.customer_id)
    assert customer.link_version == version + 1
    assert set(Installment.objects.values_list("link_version", flat=True)) == {2}


@at_the_gateway
def test_a_bill_still_posted_for_the_old_number_is_sent_to_nobody(
    shop: SandboxedMerchant, sent: Invoice, clerk: User
) -> None:
    customer = correct(sent.customer, clerk)
    before = len(shop.messages())

    bill = make_bill(shop.merchant)
    shop.issue()
    shop.push()

    invoice = Invoice.objects.get(bill=bill)
    assert bill.customer_id != customer.pk
    assert (invoice.channel, invoice.delivery) == ("LINK", "SENT")
    assert [message.channel for message in shop.messages()[before:]] == ["LINK"]
    left_behind = Event.objects.get(name="number_left_behind")
    assert left_behind.subject_id == bill.customer_id


@in_the_ledger
def test_it_works_without_a_report(invoice: Invoice, clerk: User) -> None:
    customer = correct(invoice.customer, clerk)

    assert customer.phone == RIGHT
    assert WrongRecipient.objects.count() == 0


@in_the_ledger
def test_a_mistaken_number_is_gone_back_from(invoice: Invoice, clerk: User) -> None:
    customer = correct(invoice.customer, clerk)

    customer = correct(customer, clerk, "0777839071")

    assert customer.phone == OLD
    assert Customer.objects.get(phone=RIGHT).messages_stopped_at is not None


def nothing_changed(invoice: Invoice) -> bool:
    customer, bill = Customer.objects.get(phone=OLD), Bill.objects.get(pk=invoice.bill_id)
    kept = customer.pk == invoice.customer_id and (customer.link_version, bill.link_version) == (1, 1)
    return kept and Invoice.objects.get(pk=invoice.pk).cancel_requested_at is None


@in_the_ledger
def test_a_number_that_another_customer_has_is_refused(invoice: Invoice, clerk: User) -> None:
    make_bill(invoice.merchant, customer_phone="0790000001")

    with pytest.raises(PhoneTaken):
        correct(invoice.customer, clerk)

    assert nothing_changed(invoice)


@in_the_ledger
def test_a_stopped_customer_with_bills_keeps_the_number(invoice: Invoice, clerk: User) -> None:
    other = make_bill(invoice.merchant, customer_phone="0790000001").customer
    report_wrong_recipient(customer=other, now=database_now())

    with pytest.raises(PhoneTaken):
        correct(invoice.customer, clerk)

    assert nothing_changed(invoice)
    assert Customer.objects.filter(pk=other.pk).exists()


@in_the_ledger
def test_another_merchants_customer_may_have_the_number(invoice: Invoice, clerk: User) -> None:
    make_bill(make_merchant("elsewhere"), customer_phone="0790000001")

    assert correct(invoice.customer, clerk).phone == RIGHT


@in_the_ledger
def test_the_same_number_is_refused(invoice: Invoice, clerk: User) -> None:
    with pytest.raises(SamePhone):
        correct(invoice.customer, clerk, "0777839071")

    assert nothing_changed(invoice)


@in_the_ledger
@pytest.mark.parametrize("phone", ["", "790000001", "+962790000001", "0790000001 ", "0690000001", "٠٧٩٠٠٠٠٠٠١"])
def test_what_is_no_number_is_refused(invoice: Invoice, clerk: User, phone: str) -> None:
    with pytest.raises(InvalidPhone):
        correct(invoice.customer, clerk, phone)

    assert nothing_changed(invoice)


@in_the_ledger
def test_another_merchants_customer_does_not_exist(invoice: Invoice, clerk: User) -> None:
    stranger: Merchant = make_merchant("stranger")

    with pytest.raises(Customer.DoesNotExist):
        correct_phone(
            merchant_id=stranger.pk, customer_id=invoice.customer_id, phone="0790000001", user=clerk, now=database_now()
        )

    assert nothing_changed(invoice)
