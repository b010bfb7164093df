"""Acts that reach the gateway: cash, new links, resending, asking. The sandbox answers over real HTTP."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing.models import Bill, Event, Merchant, Role
from invoices.models import DeliveryAttempt, Invoice, Payment
from invoices.sandbox.models import FaultKind
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.sandbox_account import SandboxedMerchant
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bill(shop: SandboxedMerchant) -> Bill:
    made = make_bill(shop.merchant, amount=Decimal("100.000"))
    shop.issue()
    shop.push()
    return Bill.objects.get(pk=made.pk)


@pytest.fixture
def manager(shop: SandboxedMerchant) -> Client:
    return signed_in(make_staff(shop.merchant, Role.MANAGER))


def act(client: Client, model: str, pk: int, name: str, **form: str) -> list[str]:
    """What the person is told after doing it."""
    return told(client.post(f"/admin/{model}/{pk}/do/{name}/", form, follow=True))


def cash(amount: str, owed: str = "100.000") -> dict[str, str]:
    return {"method": "CASH", "amount": amount, "note": "receipt 7", "owed": owed}


def test_cash_settles_the_bill_and_kills_its_link(shop: SandboxedMerchant, bill: Bill, manager: Client) -> None:
    messages = act(manager, "billing/bill", bill.pk, "record-payment", **cash("100"))

    bill.refresh_from_db()
    payment = Payment.objects.get()
    (message,) = messages
    assert message.startswith("JOD\u00a0100.000 recorded. Receipt ")
    assert f"Receipt \u2066{payment.receipt_no}\u2069. Still owed: JOD\u00a00.000." in message
    for name in ("receipt-80mm", "receipt"):
        assert f"/admin/invoices/payment/{payment.pk}/print/{name}.pdf" in message
    assert 'href="/admin/billing/bill/?status=PENDING">Next customer</a>' in message
    page = manager.get(f"/admin/billing/bill/{bill.pk}/change/").content.decode()
    assert page.count(f"/admin/invoices/payment/{payment.pk}/print/receipt-80mm.pdf") == 1
    assert (bill.status, payment.note, payment.method) == (Bill.Status.PAID, "receipt 7", Payment.Method.CASH)
    assert payment.recorded_by is not None
    assert payment.recorded_by.username == "manager-razzbery"
    assert shop.at_gateway(Invoice.objects.get()).status == 3


def test_the_form_offers_what_is_owed(bill: Bill, manager: Client) -> None:
    Bill.objects.update(amount_paid=Decimal(40))

    page = manager.get(f"/admin/billing/bill/{bill.pk}/do/record-payment/").content.decode()

    assert 'value="60.000"' in page
    assert "Still owed: JOD\u00a060.000" in page
    assert not Payment.objects.exists()


@pytest.mark.parametrize("amount", ["0", "-1", "100.001", "1.0001", "1e9", "NaN", "", "١٠٠,٥", "1,000"])
def test_an_amount_that_cannot_be_taken_is_said_on_the_form(amount: str, bill: Bill, manager: Client) -> None:
    response = manager.post(f"/admin/billing/bill/{bill.pk}/do/record-payment/", cash(amount))

    assert "amount" in response.context["form"].errors
    assert not Payment.objects.exists()
    assert Invoice.objects.get().cancel_requested_at is None


def test_the_same_click_twice_takes_a_part_once(bill: Bill, manager: Client) -> None:
    address = f"/admin/billing/bill/{bill.pk}/do/record-payment/"

    manager.post(address, cash("40"))
    again = manager.post(address, cash("40"))

    assert "a payment came in meanwhile" in str(again.context["form"].non_field_errors())
    assert Payment.objects.count() == 1


def test_while_the_link_lives_no_cash_is_recorded_and_the_person_is_told(
    shop: SandboxedMerchant, bill: Bill, manager: Client
) -> None:
    shop.fault(FaultKind.REFUSED_500, applies_to="CANCEL")

    (message,) = act(manager, "billing/bill", bill.pk, "record-payment", **cash("100"))

    assert "could not be cancelled at the gateway just now" in message
    assert not Payment.objects.exists()


def test_an_installment_is_issued_now_and_paid_by_transfer(shop: SandboxedMerchant, manager: Client) -> None:
    plan = make_subscription(shop.merchant, Subscription.Type.CUSTOM_SCHEDULE)
    last = plan.installments.get(sequence=3)

    (issued,) = act(manager, "subscriptions/installment", last.pk, "issue-now")
    shop.push()
    form = cash("300", owed="300.000") | {"method": "TRANSFER"}
    act(manager, "subscriptions/installment", last.pk, "record-payment", **form)

    last.refresh_from_db()
    assert "JOD\u00a0300.000 is on its way." in issued
    assert last.status == Installment.Status.PAID
    assert Payment.objects.get().method == Payment.Method.TRANSFER


def test_an_invoice_is_resent_once_and_not_again_within_two_minutes(
    shop: SandboxedMerchant, bill: Bill, manager: Client
) -> None:
    invoice = Invoice.objects.get()

    first = act(manager, "invoices/invoice", invoice.pk, "resend")
    second = act(manager, "invoices/invoice", invoice.pk, "resend")

    assert first == [f"Invoice {invoice.number} was sent again."]
    assert second == [
        "This invoice was sent again a moment ago. Give the customer two minutes before the next message."
    ]
    assert len(shop.messages()) == 2
    assert Event.objects.filter(name="resent").count() == 1


def test_a_refused_resend_says_the_gateways_reason(shop: SandboxedMerchant, bill: Bill, manager: Client) -> None:
    shop.fault(FaultKind.STATUS_FALSE, applies_to="ALL")

    (message,) = act(manager, "invoices/invoice", Invoice.objects.get().pk, "resend")

    assert message.startswith("The gateway did not send it again. ")
    assert len(message) > len("The gateway did not send it again. ")


def test_asking_the_gateway_books_a_payment_nobody_reported(
    shop: SandboxedMerchant, bill: Bill, manager: Client
) -> None:
    invoice = Invoice.objects.get()
    shop.customer_pays(invoice)

    first = act(manager, "invoices/invoice", invoice.pk, "ask")
    second = act(manager, "invoices/invoice", invoice.pk, "ask")

    bill.refresh_from_db()
    assert first == ["The gateway has answered. The invoice is now: Paid, Sent."]
    assert second == ["The gateway was asked about this invoice a moment ago. Try again in a minute."]
    assert (bill.status, Payment.objects.count()) == (Bill.Status.PAID, 1)


def test_asking_about_an_unknown_outcome_finds_it(shop: SandboxedMerchant, manager: Client) -> None:
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.ACCEPTED_500, count=1)
    shop.push()
    invoice = Invoice.objects.get()
    assert invoice.delivery == Invoice.Delivery.UNKNOWN

    act(manager, "invoices/invoice", invoice.pk, "ask")

    invoice.refresh_from_db()
    assert invoice.delivery == Invoice.Delivery.SENT
    assert DeliveryAttempt.objects.count() == 1


def test_a_silent_gateway_is_said_and_nothing_changes(shop: SandboxedMerchant, bill: Bill, manager: Client) -> None:
    shop.fault(FaultKind.REFUSED_500, applies_to="ENQUIRE")

    (message,) = act(manager, "invoices/invoice", Invoice.objects.get().pk, "ask")

    assert message.startswith("The gateway gave no answer that can be believed.")
    assert Invoice.objects.get().status == Invoice.Status.OPEN


def test_a_cancelled_invoice_can_be_followed_by_a_new_link(
    shop: SandboxedMerchant, bill: Bill, manager: Client
) -> None:
    invoice = Invoice.objects.get()
    assert act(manager, "billing/bill", bill.pk, "renew") == [
        "An invoice for this is still open. Send it again, or cancel it first."
    ]

    (message,) = act(manager, "invoices/invoice", invoice.pk, "cancel")
    act(manager, "invoices/invoice", invoice.pk, "ask")
    Invoice.objects.filter(pk=invoice.pk).update(status=Invoice.Status.CANCELLED)
    (renewed,) = act(manager, "billing/bill", bill.pk, "renew")

    assert message == f"Invoice {invoice.number} is being cancelled at the gateway."
    assert "is on its way" in renewed
    assert Invoice.objects.live().get().issue_no == 2


@pytest.mark.parametrize(("name", "delivery"), [("it-was-sent", "SENT"), ("send-again", "NEW")])
def test_a_person_decides_what_nobody_can_ask_about(
    name: str, delivery: str, shop: SandboxedMerchant, bill: Bill, manager: Client
) -> None:
    Invoice.objects.update(delivery="UNKNOWN", problem="the connection was lost")
    invoice = Invoice.objects.get()

    act(manager, "invoices/invoice", invoice.pk, name)

    invoice.refresh_from_db()
    assert (invoice.delivery, invoice.problem) == (delivery, "")


def test_a_bill_is_cancelled_with_its_reason(bill: Bill, manager: Client) -> None:
    Merchant.objects.update(second_person_above=Decimal(1000))

    assert act(manager, "billing/bill", bill.pk, "cancel", reason="typed twice") == [
        f"Bill {bill.billing_no} is cancelled."
    ]

    event = Event.objects.get(subject=Event.Subject.BILL, name="cancelled")
    assert event.details == {"reason": "typed twice"}
    page = manager.get(f"/admin/billing/bill/{bill.pk}/change/").content.decode()
    assert "typed twice" in page


def test_several_bills_are_cancelled_at_once_and_a_refusal_stops_none(
    shop: SandboxedMerchant, bill: Bill, manager: Client
) -> None:
    Merchant.objects.update(second_person_above=Decimal(1000))
    second = make_bill(shop.merchant)
    paid = make_bill(shop.merchant)
    Bill.objects.filter(pk=paid.pk).update(status="PAID", amount_paid=paid.amount, paid_at="2026-01-01T00:00Z")
    form = {"action": "cancel", "_selected_action": [bill.pk, second.pk, paid.pk]}

    asked = manager.post("/admin/billing/bill/", form)
    assert "3 rows:" in asked.content.decode()
    assert Bill.objects.filter(status="CANCELLED").count() == 0
    done = manager.post("/admin/billing/bill/", form | {"confirmed": "1", "reason": "moved away"}, follow=True)

    assert Bill.objects.filter(status="CANCELLED").count() == 2
    assert sorted(told(done)) == sorted(
        [
            "Done for 2 rows.",
            f"{paid.billing_no}: This cannot be done to it as it is now: Paid",
        ]
    )
