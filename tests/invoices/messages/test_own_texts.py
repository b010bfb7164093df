"""A merchant's own texts: saved, used in place of ours, given up again; also in the gateway's own message."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.clock import database_now
from billing.models import Customer, Event, Language, Merchant
from invoices.messages.checking import UnknownVariable
from invoices.messages.texts import invoice_text, mailto_url
from invoices.messages.wordings import Wording, our_wording
from invoices.models import GatewayAccount, Invoice, MessageTemplate
from invoices.services.message_templates import (
    NoTextOfTheirOwn,
    reset_template,
    save_template,
    wordings_by_merchant,
    wordings_of,
)
from invoices.services.messages_by_hand import NothingToAskFor, open_invoice
from invoices.services.pushing.lanes import open_lanes
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import cancel
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Use = MessageTemplate.Use
ENGLISH, ARABIC = Language.ENGLISH, Language.ARABIC


def save(merchant: Merchant, use: Use, body: str, *, subject: str = "", language: Language = ENGLISH) -> None:
    save_template(
        merchant_id=merchant.pk,
        use=use,
        language=language,
        wording=Wording(subject=subject, body=body),
        actor="user:1",
        now=database_now(),
    )


@pytest.fixture
def open_shop(shop: SandboxedMerchant, sandbox_settings: Any) -> SandboxedMerchant:
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    Merchant.objects.update(language="en")
    shop.merchant.refresh_from_db()
    return shop


def test_an_own_text_takes_the_place_of_ours_in_its_language_only() -> None:
    merchant = make_merchant()

    save(merchant, Use.INVOICE_WHATSAPP, "Dear {name}\r\n{link} ")

    wordings = wordings_of(merchant)
    assert wordings.of(Use.INVOICE_WHATSAPP, "en") == Wording(body="Dear {name}\n{link}")
    assert wordings.of(Use.INVOICE_WHATSAPP, "ar") == our_wording(Use.INVOICE_WHATSAPP, "ar")
    event = Event.objects.get(name="message_written")
    assert (event.subject, event.subject_id, event.actor) == ("MERCHANT", merchant.pk, "user:1")


def test_saving_twice_keeps_one_row_with_the_last_text() -> None:
    merchant = make_merchant()

    save(merchant, Use.DESCRIPTION, "first")
    save(merchant, Use.DESCRIPTION, "second")

    assert MessageTemplate.objects.get().body == "second"


def test_a_refused_text_changes_nothing() -> None:
    merchant = make_merchant()
    save(merchant, Use.DESCRIPTION, "{purpose}!")

    with pytest.raises(UnknownVariable):
        save(merchant, Use.DESCRIPTION, "{nothing}")

    assert MessageTemplate.objects.get().body == "{purpose}!"
    assert Event.objects.filter(name="message_written").count() == 1


def test_going_back_to_ours_is_once_and_of_ones_own_only() -> None:
    merchant, stranger = make_merchant(), make_merchant("stranger")
    save(merchant, Use.DESCRIPTION, "{purpose}!")

    with pytest.raises(NoTextOfTheirOwn):
        reset_template(merchant_id=stranger.pk, use=Use.DESCRIPTION, language=ENGLISH, actor="user:2")
    reset_template(merchant_id=merchant.pk, use=Use.DESCRIPTION, language=ENGLISH, actor="user:1")
    with pytest.raises(NoTextOfTheirOwn):
        reset_template(merchant_id=merchant.pk, use=Use.DESCRIPTION, language=ENGLISH, actor="user:1")

    assert not MessageTemplate.objects.exists()
    assert Event.objects.filter(name="message_reset").count() == 1


def test_the_gateway_is_told_the_merchants_own_line(open_shop: SandboxedMerchant) -> None:
    save(open_shop.merchant, Use.DESCRIPTION, "{merchant} · {purpose} · {amount} · {number}")
    make_bill(open_shop.merchant, service_type="Water\u202e\nBill")
    open_shop.issue()

    open_shop.push()

    invoice = Invoice.objects.get()
    line = f"Razzbery Solutions · Water Bill · JOD 150.500 · {invoice.number}"
    assert open_shop.at_gateway(invoice).description == line


def test_the_line_is_in_the_customers_language_and_our_page_still_follows_it(open_shop: SandboxedMerchant) -> None:
    GatewayAccount.objects.update(puts_page_in_description=True)
    save(open_shop.merchant, Use.DESCRIPTION, "فاتورة {amount}", language=ARABIC)
    make_bill(open_shop.merchant)
    Customer.objects.update(language="ar")
    open_shop.issue()

    open_shop.push()

    line, page = open_shop.at_gateway(Invoice.objects.get()).description.split("\n")
    assert line == "فاتورة 150.500 د.أ."
    assert "/razzbery/pay/" in page


def test_without_a_line_of_its_own_the_description_goes_as_it_came(open_shop: SandboxedMerchant) -> None:
    description = "December " * 60
    make_bill(open_shop.merchant, description=description.strip())
    open_shop.issue()

    open_shop.push()

    assert open_shop.at_gateway(Invoice.objects.get()).description == description.strip()


def test_another_merchants_line_is_not_told(open_shop: SandboxedMerchant) -> None:
    save(make_merchant("stranger"), Use.DESCRIPTION, "Stranger's {purpose}")
    make_bill(open_shop.merchant)
    open_shop.issue()

    open_shop.push()

    assert open_shop.at_gateway(Invoice.objects.get()).description == "Water Bill"


def test_the_texts_of_all_accounts_of_a_pushing_task_are_read_in_one_query(open_shop: SandboxedMerchant) -> None:
    save(open_shop.merchant, Use.DESCRIPTION, "{purpose}!")
    with CaptureQueriesContext(connection) as of_one:
        (lane,) = open_lanes([open_shop.account.pk])

    reading = [query["sql"] for query in of_one if "messagetemplate" in query["sql"]]
    assert len(reading) == 1
    assert lane.wordings.of(Use.DESCRIPTION, "en").body == "{purpose}!"
    with CaptureQueriesContext(connection) as queries:
        wordings_by_merchant(range(1, 500), use=Use.DESCRIPTION)
    assert len(queries) == 1


def test_a_claim_asks_nothing_more_for_a_merchants_own_line(open_shop: SandboxedMerchant) -> None:
    for index in range(4):
        make_bill(open_shop.merchant, amount=Decimal(index + 1))
    open_shop.issue()
    with CaptureQueriesContext(connection) as without:
        open_shop.claim(limit=2)
    save(open_shop.merchant, Use.DESCRIPTION, "{purpose}!")

    with CaptureQueriesContext(connection) as queries:
        open_shop.claim(limit=2)

    assert len(queries) == len(without)


def test_staff_open_an_invoices_message_and_it_is_noted(open_shop: SandboxedMerchant) -> None:
    make_bill(open_shop.merchant)
    open_shop.issue()
    invoice = Invoice.objects.get()

    by_whatsapp = open_invoice(invoice, use=Use.INVOICE_WHATSAPP, actor="user:1", now=database_now())
    by_mail = open_invoice(invoice, use=Use.INVOICE_EMAIL, actor="user:1", now=database_now())

    assert by_whatsapp.startswith("https://wa.me/962777839071?text=Hello%20")
    assert by_mail.startswith("mailto:info@razzbery.com?subject=Payment%20request%20from%20Razzbery%20Solutions&body=")
    assert [event.details["reason"] for event in Event.objects.filter(name="message_opened").order_by("pk")] == [
        Use.INVOICE_WHATSAPP,
        Use.INVOICE_EMAIL,
    ]


def test_a_cancelled_invoice_is_not_asked_for(open_shop: SandboxedMerchant) -> None:
    make_bill(open_shop.merchant)
    open_shop.issue()
    cancel(Invoice.objects.get())

    with pytest.raises(NothingToAskFor):
        open_invoice(Invoice.objects.get(), use=Use.INVOICE_WHATSAPP, actor="user:1", now=database_now())

    assert not Event.objects.filter(name="message_opened").exists()


def test_an_address_cannot_add_to_a_mails_head(open_shop: SandboxedMerchant) -> None:
    make_bill(open_shop.merchant)
    open_shop.issue()
    invoice = Invoice.objects.get()
    message = invoice_text(invoice, use=Use.INVOICE_EMAIL, is_overdue=False, wordings=wordings_of(open_shop.merchant))

    url = mailto_url("a@example.com?bcc=b@example.com&x", message)

    assert url.startswith("mailto:a@example.com%3Fbcc%3Db@example.com%26x?subject=")
