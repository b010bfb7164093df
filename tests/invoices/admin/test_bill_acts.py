"""What staff change about a bill, a customer or an invoice: amount, due date, promise, channel."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Customer, Event, Merchant, Role
from invoices.models import Invoice
from tests.invoices.admin.rows import Rows, make_rows
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

# What the bill asks for when the form is shown.
WAS = "150.500 2025-12-31"


@pytest.fixture
def rows() -> Rows:
    return make_rows("mine", phone="0770000001")


@pytest.fixture
def manager(rows: Rows) -> Client:
    return signed_in(make_staff(rows.merchant, Role.MANAGER))


def act(client: Client, model: str, pk: int, name: str, **form: str) -> list[str]:
    return told(client.post(f"/admin/{model}/{pk}/do/{name}/", form, follow=True))


def errors(client: Client, model: str, pk: int, name: str, **form: str) -> dict[str, list[str]]:
    """What the form says when it is shown again."""
    response = client.post(f"/admin/{model}/{pk}/do/{name}/", form)
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def test_a_manager_changes_amount_and_date_and_the_timeline_tells_both(rows: Rows, manager: Client) -> None:
    messages = act(manager, "billing/bill", rows.bill.pk, "change-terms", amount="200", due_date="2026-03-01", was=WAS)

    bill = Bill.objects.get(pk=rows.bill.pk)
    assert (bill.amount, bill.due_date) == (Decimal("200.000"), date(2026, 3, 1))
    assert messages == [f"Bill {bill.billing_no} is now over JOD\u00a0200.000, due 1 Mar 2026."]
    page = manager.get(f"/admin/billing/bill/{bill.pk}/change/").content.decode()
    said = page.replace("\u2068", "").replace("\u2069", "")
    assert "from JOD\u00a0150.500 to JOD\u00a0200.000 · from 31 Dec 2025 to 1 Mar 2026" in said


def test_less_is_owed_only_for_a_reason(rows: Rows, manager: Client) -> None:
    form = {"amount": "100", "due_date": "2026-03-01", "was": WAS}
    said = errors(manager, "billing/bill", rows.bill.pk, "change-terms", **form)
    assert (list(said), Bill.objects.get(pk=rows.bill.pk).amount) == (["reason"], Decimal("150.500"))

    Merchant.objects.update(second_person_above=Decimal(1000))
    act(manager, "billing/bill", rows.bill.pk, "change-terms", **form, reason="The meter was misread")

    assert Bill.objects.get(pk=rows.bill.pk).amount == Decimal("100.000")
    page = manager.get(f"/admin/billing/bill/{rows.bill.pk}/change/").content.decode()
    assert "The meter was misread" in page


def test_the_page_says_that_the_open_invoice_is_being_replaced(rows: Rows, manager: Client) -> None:
    address, notice = f"/admin/billing/bill/{rows.bill.pk}/change/", "The open invoice asks for something else."
    assert notice not in manager.get(address).content.decode()

    act(manager, "billing/bill", rows.bill.pk, "change-terms", amount="200", due_date="2026-03-01", was=WAS)

    assert notice in manager.get(address).content.decode()


def test_the_form_shows_what_is_true_now_and_changes_nothing_by_itself(rows: Rows, manager: Client) -> None:
    page = manager.get(f"/admin/billing/bill/{rows.bill.pk}/do/change-terms/").content.decode()

    assert 'value="150.500"' in page
    assert 'type="date"' in page
    assert 'value="2025-12-31"' in page
    assert Bill.objects.get(pk=rows.bill.pk).changed_at is None


@pytest.mark.parametrize(
    ("amount", "due_date", "field"),
    [
        ("50", "2026-03-01", "amount"),  # 60 are paid
        ("0", "2026-03-01", "amount"),
        ("150.5001", "2026-03-01", "amount"),
        ("", "2026-03-01", "amount"),
        ("200", "", "due_date"),
        ("200", "01/03/2026", "due_date"),
        ("200", "1999-12-31", "due_date"),
        ("200", "2101-01-01", "due_date"),
    ],
)
def test_what_cannot_be_asked_for_is_said_on_the_form(
    rows: Rows, manager: Client, amount: str, due_date: str, field: str
) -> None:
    Bill.objects.update(amount_paid=Decimal(60))

    said = errors(manager, "billing/bill", rows.bill.pk, "change-terms", amount=amount, due_date=due_date, was=WAS)

    assert list(said) == [field]
    assert Bill.objects.get(pk=rows.bill.pk).amount == rows.bill.amount


def test_the_same_again_is_refused_in_words(rows: Rows, manager: Client) -> None:
    form = {"amount": "150.5", "due_date": "2025-12-31", "was": WAS}

    assert act(manager, "billing/bill", rows.bill.pk, "change-terms", **form) == [
        "The bill has this amount and due date already. Change one of them."
    ]


def test_a_promise_stands_on_the_page_until_it_is_taken_back(rows: Rows, manager: Client) -> None:
    until = timezone.localdate() + timedelta(days=5)

    act(manager, "billing/bill", rows.bill.pk, "promise", until=until.isoformat())
    promised = manager.get(f"/admin/billing/bill/{rows.bill.pk}/change/").content.decode()
    assert Bill.objects.get(pk=rows.bill.pk).promised_until == until
    messages = act(manager, "billing/bill", rows.bill.pk, "promise", until="")

    assert "<dt>Promised by</dt>" in promised
    assert messages == [f"Bill {rows.bill.billing_no}: no promise any more."]
    assert Bill.objects.get(pk=rows.bill.pk).promised_until is None
    assert "<dt>Promised by</dt>" not in manager.get(f"/admin/billing/bill/{rows.bill.pk}/change/").content.decode()


def test_a_promise_for_yesterday_is_refused_on_the_form(rows: Rows, manager: Client) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)

    said = errors(manager, "billing/bill", rows.bill.pk, "promise", until=yesterday.isoformat())

    assert said == {"until": ["This day has passed. Enter today or a later day."]}
    assert Bill.objects.get(pk=rows.bill.pk).promised_until is None


def test_a_channel_is_chosen_for_a_bill_and_for_a_customer(rows: Rows, manager: Client) -> None:
    (of_bill,) = act(manager, "billing/bill", rows.bill.pk, "channel", channel="LINK")
    (of_customer,) = act(manager, "billing/customer", rows.bill.customer_id, "channel", channel="WHATSAPP")

    assert of_bill == f"{rows.bill.billing_no}: the next invoice goes by Link."
    assert of_customer.endswith(": the next invoice goes by WhatsApp (the customer's).")
    assert (Bill.objects.get(pk=rows.bill.pk).channel, Customer.objects.get().channel) == ("LINK", "WHATSAPP")


def test_an_empty_choice_says_whose_channel_counts_then(rows: Rows, manager: Client) -> None:
    Customer.objects.update(channel="WHATSAPP")

    page = manager.get(f"/admin/billing/bill/{rows.bill.pk}/do/channel/").content.decode()

    assert "WhatsApp (the customer&#x27;s)" in page


@pytest.mark.parametrize("model", ["billing/bill", "billing/customer", "invoices/invoice"])
def test_email_without_an_address_is_refused_where_it_is_chosen(rows: Rows, manager: Client, model: str) -> None:
    Bill.objects.update(customer_email="")
    Customer.objects.update(email="")
    pk = {"billing/bill": rows.bill.pk, "billing/customer": rows.bill.customer_id, "invoices/invoice": rows.invoice.pk}
    name = "switch-channel" if model == "invoices/invoice" else "channel"

    said = errors(manager, model, pk[model], name, channel="EMAIL")

    assert said == {"channel": ["There is no e-mail address to send to. Choose another channel."]}
    assert not Event.objects.filter(name="channel_chosen").exists()
    assert (Bill.objects.get(pk=rows.bill.pk).channel, Customer.objects.get().channel) == ("", "")
    assert Invoice.objects.get(pk=rows.invoice.pk).cancel_requested_at is None


def test_an_open_invoice_is_sent_by_another_channel(rows: Rows, manager: Client) -> None:
    messages = act(manager, "invoices/invoice", rows.invoice.pk, "switch-channel", channel="WHATSAPP")

    invoice = Invoice.objects.get(pk=rows.invoice.pk)
    assert messages == [f"Invoice {invoice.number} will be replaced by one that goes by WhatsApp."]
    assert (invoice.next_channel, invoice.renew_when_cancelled) == ("WHATSAPP", True)


@pytest.mark.parametrize("channel", ["SMS", "", "PIGEON"])
def test_an_invoice_needs_a_channel_that_is_another(rows: Rows, manager: Client, channel: str) -> None:
    said = errors(manager, "invoices/invoice", rows.invoice.pk, "switch-channel", channel=channel)

    assert list(said) == ["channel"]
    assert Invoice.objects.get(pk=rows.invoice.pk).cancel_requested_at is None
