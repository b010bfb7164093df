"""Reminders that we write ourselves and a mail server carries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from billing.day_text import format_day
from billing.models import Bill, Customer, Merchant
from billing.money_text import format_money
from invoices.models import Invoice, Reminder, ReminderChannel
from invoices.services.orders import page_url
from tests.infrastructure.ports import free_port
from tests.invoices.reminders.calendar import invoiced_bill, let_days_pass, remind, reminders, write_plan
from tests.invoices.reminders.mail_server import Habit, mail_server
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owing(shop: SandboxedMerchant, sandbox_settings: Any) -> SandboxedMerchant:
    """A merchant with one bill, due today, and a plan to write on the day and the day after."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    Merchant.objects.update(language="en", name_ar="رازبيري للحلول", help_phone="06 500 0000")
    shop.merchant.refresh_from_db()
    write_plan(shop.merchant, 0, 1, channel=ReminderChannel.EMAIL)
    invoiced_bill(shop)
    return shop


def use_mail_server(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def test_an_english_customer_reads_amount_day_and_our_page(owing: SandboxedMerchant) -> None:
    messages = len(owing.messages())

    assert remind(owing) == 1

    (message,) = mail.outbox
    assert message.to == ["info@razzbery.com"]
    assert message.from_email == "Razzbery Solutions <billing@localhost>"
    assert message.subject == "Payment reminder from Razzbery Solutions"
    assert "JOD\u00a0150.500" in message.body
    assert "\u2068Water Bill\u2069" in message.body
    assert f"\u2068due on {format_day(Bill.objects.get().due_date, 'en')}\u2069." in message.body
    assert f"\n{page_url(Invoice.objects.get())}\n" in message.body
    assert "06 500 0000" in message.body
    assert reminders() == [(0, "EMAIL", "SENT")]
    assert len(owing.messages()) == messages


def test_an_arabic_customer_reads_arabic_with_the_amount_isolated(owing: SandboxedMerchant) -> None:
    Customer.objects.update(language="ar")

    assert remind(owing) == 1

    (message,) = mail.outbox
    assert "رازبيري للحلول" in message.subject
    assert format_money(Decimal("150.500"), "JOD", "ar") in message.body
    assert "\u2068رازبيري للحلول\u2069" in message.body


def test_a_late_bill_is_said_to_be_late(owing: SandboxedMerchant) -> None:
    let_days_pass(1)

    assert remind(owing) == 1

    (message,) = mail.outbox
    assert "overdue since" in message.body


def test_a_name_with_line_ends_cannot_write_headers(owing: SandboxedMerchant) -> None:
    Merchant.objects.update(name_en="Razzbery\r\nBcc: everybody@example.com")

    assert remind(owing) == 1

    (message,) = mail.outbox
    assert "Bcc" not in message.message()
    assert message.recipients() == ["info@razzbery.com"]


def test_without_an_address_it_is_not_sent_and_says_why(owing: SandboxedMerchant) -> None:
    Invoice.objects.update(customer_email="")
    Customer.objects.update(email="")

    assert remind(owing) == 1
    assert remind(owing) == 0

    reminder = Reminder.objects.get()
    assert (reminder.status, reminder.finished_at is not None) == ("NOT_SENT", True)
    assert "no e-mail address" in reminder.detail
    assert mail.outbox == []


def test_a_mail_server_that_is_down_leaves_it_to_the_next_step(owing: SandboxedMerchant, settings: Any) -> None:
    backend = settings.EMAIL_BACKEND
    invoiced_bill(owing, customer_phone="0777000002")
    use_mail_server(settings, free_port())

    assert remind(owing) == 1  # and the other customer's is not used up

    assert reminders() == [(0, "EMAIL", "NOT_SENT")]
    settings.EMAIL_BACKEND = backend
    assert remind(owing) == 1
    let_days_pass(1)
    assert remind(owing) == 2
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(("habit", "status"), [("takes", "SENT"), ("refuses", "NOT_SENT"), ("hangs up", "UNKNOWN")])
def test_what_the_mail_server_says_is_what_is_written_down(
    owing: SandboxedMerchant, settings: Any, habit: Habit, status: str
) -> None:
    with mail_server(habit) as (port, messages):
        use_mail_server(settings, port)

        assert remind(owing) == 1
        assert remind(owing) == 0

    assert reminders() == [(0, "EMAIL", status)]
    assert len(messages) == (0 if habit == "refuses" else 1)
