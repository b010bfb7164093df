"""What stands on the pages that ask before they act, and where documents' pages lead: who, how much, what next."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from billing.clock import database_now
from billing.models import Bill, Event, Job, Merchant, Role
from billing.services import cancel_bill
from invoices.models import Invoice, Payment, Refund
from subscriptions.models import Installment
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import take
from tests.invoices.admin.rows import Rows, make_rows
from tests.invoices.admin.told_pages import buttons_of, notices_of, page_of, section_of
from tests.invoices.admin.walk import url
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    rows = make_rows("mine", phone="0770000001")
    Merchant.objects.filter(pk=rows.merchant.pk).update(language="en")
    return rows


@pytest.fixture
def manager(rows: Rows) -> Client:
    return signed_in(make_staff(rows.merchant, Role.MANAGER))


@pytest.mark.parametrize(
    ("model", "act"),
    [
        (Bill, "cancel"),
        (Installment, "record-payment"),
        (Invoice, "cancel"),
        (Payment, "refund"),
        (Refund, "approve"),
    ],
)
def test_every_question_says_whom_and_how_much(model: type[Bill], act: str, rows: Rows, manager: Client) -> None:
    page = manager.get(url(model, "do", rows.of[model].pk, act)).content.decode()

    assert "customer mine" in page
    assert "0770000001" in page
    assert "JOD\u00a0" in page


def test_cancelling_what_was_paid_in_part_says_so_and_leads_on_to_the_refund(rows: Rows, manager: Client) -> None:
    bill = make_bill(rows.merchant, amount=Decimal(100), customer_phone=rows.phone)
    payment = take(bill, "40")

    asked = manager.get(url(Bill, "do", bill.pk, "cancel")).content.decode()
    cancel_bill(merchant_id=bill.merchant_id, bill_id=bill.pk, reason="moved", actor="system", now=database_now())
    (notice,) = notices_of(page_of(manager, bill))

    assert "JOD\u00a040.000 of it was paid. That is not given back by cancelling: refund it afterwards." in asked
    assert "JOD\u00a040.000" in notice
    assert url(Payment, "change", payment.pk) in notice


def test_no_money_is_taken_for_what_is_not_owed_whatever_tab_is_open(rows: Rows, manager: Client) -> None:
    cancelled, paid = (make_bill(rows.merchant, amount=Decimal(10)) for _ in range(2))
    cancel_bill(merchant_id=cancelled.merchant_id, bill_id=cancelled.pk, reason="x", actor="system", now=database_now())
    take(paid, "10")
    installment = rows.of[Installment]
    Installment.objects.filter(pk=installment.pk).update(status="SKIPPED")
    before = Payment.objects.count()

    cash = {"method": "CASH", "amount": "10", "owed": "10.000"}
    for row, said in (
        (cancelled, "This bill is cancelled. Do not take the money."),
        (paid, "This bill is paid already. Do not take the money."),
        (installment, "This installment is not owed any more. Do not take the money."),
    ):
        address = url(type(row), "do", row.pk, "record-payment")
        for response in (manager.get(address, follow=True), manager.post(address, cash, follow=True)):
            assert told(response) == [said]
            assert response.redirect_chain[-1][0] == url(type(row), "change", row.pk)

    assert Payment.objects.count() == before


def test_an_unknown_outcome_says_what_happens_by_itself_and_leads_to_asking(rows: Rows, manager: Client) -> None:
    Invoice.objects.filter(pk=rows.invoice.pk).update(delivery="UNKNOWN", unknown_since=timezone.now())

    (notice,) = notices_of(page_of(manager, rows.bill))
    cashier = signed_in(make_staff(rows.merchant, Role.CASHIER))
    (without_the_right,) = notices_of(page_of(cashier, rows.bill))

    assert "it is found there, or sent anew" in notice
    assert url(Invoice, "do", rows.invoice.pk, "ask") in notice
    assert "it is found there, or sent anew" in without_the_right
    assert "/do/ask/" not in without_the_right
    Invoice.objects.update(unknown_since=timezone.now() - timedelta(days=1))
    assert "asked again and again by itself" in notices_of(page_of(manager, rows.bill))[0]


def test_the_bill_leads_to_sending_its_live_invoice(rows: Rows, manager: Client) -> None:
    Invoice.objects.filter(pk=rows.invoice.pk).update(delivery="SENT", sent_at=timezone.now(), gateway_id="g-1")

    buttons = buttons_of(page_of(manager, rows.bill))

    for title, act in (
        ("Resend", "resend"),
        ("Write by WhatsApp", "whatsapp"),
        ("Send by another channel", "switch-channel"),
    ):
        assert buttons[title] == url(Invoice, "do", rows.invoice.pk, act)
        assert manager.get(buttons[title]).status_code == 200
    asked = manager.get(buttons["Resend"]).content.decode()
    assert "\u20660770000001\u2069" in asked
    assert "It was last sent on" in asked
    cashier = signed_in(make_staff(rows.merchant, Role.CASHIER))
    assert "Resend" not in buttons_of(page_of(cashier, rows.bill))


def test_the_invoice_says_which_address_is_the_customers(rows: Rows, manager: Client) -> None:
    Invoice.objects.filter(pk=rows.invoice.pk).update(gateway_url="https://gateway.example.com/i/1")

    page = page_of(manager, rows.invoice)

    section_of(page, "Payment page: this address is for the customer")
    assert "gateway.example.com" in str(
        section_of(page, "Link at the gateway: for looking it up, not for the customer")
    )


class TestWaitingForApproval:
    @pytest.fixture
    def merchant(self) -> Merchant:
        return make_merchant(language="en", second_person_above=Decimal(30))

    @pytest.fixture
    def manager(self, merchant: Merchant) -> Client:
        make_staff(merchant)
        return signed_in(make_staff(merchant, Role.MANAGER, first_name="Rana", last_name="Haddad"))

    def test_it_is_told_on_the_bill_and_not_asked_for_twice(self, merchant: Merchant, manager: Client) -> None:
        bill, other = (make_bill(merchant, amount=Decimal(100)) for _ in range(2))
        lower(manager, bill, "60")
        job = Job.objects.get()

        page = page_of(manager, bill)
        (notice,) = notices_of(page)
        again = lower(manager, bill, "50")

        assert "JOD\u00a060.000" in notice
        assert "Rana Haddad" in notice
        assert url(Job, "change", job.pk) in notice
        assert ("Approval asked for", "Rana Haddad") in [(line.what, line.who) for line in page.context["timeline"]]
        assert again == ["A change waits for approval here already. Have it approved or stopped before another."]
        assert (Job.objects.count(), Event.objects.filter(name="approval_asked").count()) == (1, 1)
        assert notices_of(page_of(manager, other)) == []

    def test_once_it_is_stopped_another_can_be_asked_for(self, merchant: Merchant, manager: Client) -> None:
        bill = make_bill(merchant, amount=Decimal(100))
        lower(manager, bill, "60")
        Job.objects.update(status=Job.Status.STOPPED)

        lower(manager, bill, "50")

        assert Job.objects.filter(status=Job.Status.HELD).count() == 1
        assert "JOD\u00a050.000" in notices_of(page_of(manager, bill))[0]

    def test_a_refund_that_waits_is_told_on_its_payment(self, merchant: Merchant, manager: Client) -> None:
        payment = take(make_bill(merchant, amount=Decimal(100)), "100")
        form = {"amount": "100", "method": "CASH", "reason": "moved away", "left": "100"}
        manager.post(url(Payment, "do", payment.pk, "refund"), form)

        (notice,) = notices_of(page_of(manager, payment))

        assert "A refund of" in notice
        assert "Rana Haddad" in notice
        assert url(Refund, "change", Refund.objects.get().pk) in notice


def lower(client: Client, bill: Bill, amount: str) -> list[str]:
    form = {"amount": amount, "due_date": bill.due_date.isoformat(), "reason": "misread"}
    was = f"{Bill.objects.get(pk=bill.pk).amount} {bill.due_date}"
    return told(client.post(url(Bill, "do", bill.pk, "change-terms"), form | {"was": was}, follow=True))
