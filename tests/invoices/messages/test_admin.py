"""The screens of the message texts, and the acts that open messages."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from billing.clock import database_now
from billing.models import Bill, Customer, Event, Merchant, Role
from invoices.models import Invoice, MessageTemplate, ReceiptEmail
from invoices.services.issuing import issue_due
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import take
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/invoices/messagetemplate/"


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en", name_ar="رازبيري للحلول")


def staff(merchant: Merchant, role: Role = Role.MANAGER) -> Client:
    client = signed_in(make_staff(merchant, role))
    client.cookies["django_language"] = "en"
    return client


def text(merchant: Merchant, use: str, language: str = "en") -> str:
    return reverse("admin:invoices_messagetemplate_text", args=[merchant.pk, use, language])


def act(row: object, name: str) -> str:
    model = type(row)._meta  # type: ignore[attr-defined]
    return reverse(f"admin:{model.app_label}_{model.model_name}_do", args=[row.pk, name])  # type: ignore[attr-defined]


def test_the_list_has_every_message_in_both_languages_and_says_whose_text_it_is(merchant: Merchant) -> None:
    MessageTemplate.objects.create(merchant=merchant, use="DESCRIPTION", language="ar", body="فاتورة {purpose}")

    page = staff(merchant, Role.AUDITOR).get(LIST).content.decode()

    for use in MessageTemplate.Use:
        for language in ("ar", "en"):
            assert text(merchant, use, language) in page
    assert (page.count("Your own"), page.count("Our text")) == (1, 13)


def test_a_text_is_previewed_without_being_saved_then_saved_then_given_up(merchant: Merchant) -> None:
    manager, address = staff(merchant), text(merchant, "INVOICE_WHATSAPP")
    form = {"body": "Good day {name}, {amount} please.\n{link}"}

    previewed = manager.post(address, form | {"preview": "1"}).content.decode()
    saved_by_then = MessageTemplate.objects.exists()
    saved = manager.post(address, form, follow=True)
    row = MessageTemplate.objects.get()
    given_up = manager.post(address, form | {"reset": "1"}, follow=True)

    assert "Good day \u2068Sara Haddad\u2069, \u2068JOD\u00a0150.500\u2069 please." in previewed
    assert not saved_by_then
    assert told(saved) == ["Saved: the next message has this text."]
    assert (row.use, row.language, row.body) == ("INVOICE_WHATSAPP", "en", form["body"])
    assert told(given_up) == ["The next message has our text again."]
    assert not MessageTemplate.objects.exists()


def test_a_text_that_may_not_be_sent_says_why_and_is_not_saved(merchant: Merchant) -> None:
    page = staff(merchant).post(text(merchant, "INVOICE_WHATSAPP"), {"body": "Pay {amonut}\n{link}"}).content.decode()

    assert "A variable is not known here." in page
    assert "{amonut} — {name}, {merchant}" in page
    assert not MessageTemplate.objects.exists()


def test_an_arabic_text_stands_from_right_to_left_whatever_the_page(merchant: Merchant) -> None:
    page = staff(merchant).get(text(merchant, "RECEIPT_EMAIL", "ar")).content.decode()

    assert '<html lang="en" dir="ltr"' in page
    assert '<div class="message-card" lang="ar" dir="rtl">' in page
    assert "رازبيري للحلول" in page


def test_the_gateways_line_is_measured_in_messages(merchant: Merchant) -> None:
    manager, address = staff(merchant), text(merchant, "DESCRIPTION")

    latin = manager.post(address, {"body": "a" * 161, "preview": "1"}).content.decode()
    arabic = manager.post(address, {"body": "م" * 135, "preview": "1"}).content.decode()

    assert "it would fill 2 messages (161 places)" in latin
    assert "it would fill 3 messages (135 places)" in arabic


def test_what_a_merchant_writes_is_inert(merchant: Merchant) -> None:
    nasty = "<script>alert(1)</script>"

    page = staff(merchant).post(text(merchant, "DESCRIPTION"), {"body": nasty, "preview": "1"}).content.decode()

    assert nasty not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.VIEWER, Role.CLERK, Role.CASHIER])
def test_who_may_not_change_the_merchant_writes_nothing(role: Role, merchant: Merchant) -> None:
    person = staff(merchant, role)

    answers = [
        person.post(text(merchant, "DESCRIPTION"), {"body": "x", **more}).status_code
        for more in ({}, {"preview": "1"}, {"reset": "1"})
    ]

    assert set(answers) == ({403} if role == Role.AUDITOR else {404})
    assert person.get(LIST).status_code == (200 if role == Role.AUDITOR else 403)
    assert not MessageTemplate.objects.exists()


def test_another_merchants_texts_do_not_exist(merchant: Merchant) -> None:
    theirs = make_merchant("stranger", name_en="Stranger's mark")
    MessageTemplate.objects.create(merchant=theirs, use="DESCRIPTION", language="en", body="Stranger's mark")
    manager = staff(merchant)

    for answer in (
        manager.get(text(theirs, "DESCRIPTION")),
        manager.post(text(theirs, "DESCRIPTION"), {"body": "mine"}),
        manager.post(text(theirs, "DESCRIPTION"), {"reset": "1"}),
    ):
        assert answer.status_code == 404
    assert "Stranger" not in manager.get(f"{LIST}?merchant={theirs.pk}").content.decode()
    assert MessageTemplate.objects.get().body == "Stranger's mark"


@pytest.mark.parametrize(("use", "language"), [("NOTHING", "en"), ("DESCRIPTION", "fr")])
def test_a_message_that_there_is_not_is_not_found(use: str, language: str, merchant: Merchant) -> None:
    assert staff(merchant).get(text(merchant, use, language)).status_code == 404


def test_staff_of_several_merchants_choose_one(merchant: Merchant) -> None:
    second = make_merchant("second")
    administrator = make_staff(merchant)
    administrator.memberships.create(merchant=second, role=Role.OWNER)
    client = signed_in(administrator)

    page = client.get(f"{LIST}?merchant={second.pk}").content.decode()

    assert text(second, "DESCRIPTION") in page
    assert text(merchant, "DESCRIPTION") not in page


def test_a_clerk_writes_by_whatsapp_in_two_clicks_and_the_first_does_nothing(merchant: Merchant) -> None:
    make_bill(merchant)
    issue_due(merchant=merchant, now=database_now())
    invoice, clerk = Invoice.objects.get(), staff(merchant, Role.CLERK)

    asked = clerk.get(act(invoice, "whatsapp")).content.decode()
    noted_by_then = Event.objects.filter(name="message_opened").exists()
    leaving = clerk.post(act(invoice, "whatsapp")).content.decode()

    assert "\u2068Razzbery Solutions\u2069 asks you to pay" in asked
    assert 'target="_blank"' in asked
    assert not noted_by_then
    assert f'content="0;url=https://wa.me/962777839071?text={quote("Hello ")}' in leaving
    assert Event.objects.get(name="message_opened").subject_id == invoice.pk


def test_nobody_writes_where_messages_are_stopped(merchant: Merchant) -> None:
    make_bill(merchant)
    issue_due(merchant=merchant, now=database_now())
    Customer.objects.update(messages_stopped_at=database_now())
    clerk = staff(merchant, Role.CLERK)

    page = clerk.get(f"/admin/invoices/invoice/{Invoice.objects.get().pk}/change/").content.decode()
    response = clerk.post(act(Invoice.objects.get(), "whatsapp"), follow=True)

    assert "/do/whatsapp/" not in page
    assert "wa.me" not in response.content.decode()
    assert not Event.objects.filter(name="message_opened").exists()


def test_a_payments_page_tells_of_its_receipt_and_has_it_sent_again(merchant: Merchant) -> None:
    Merchant.objects.update(sends_receipts=True)
    payment = take(make_bill(Merchant.objects.get()), "1.000")
    ReceiptEmail.objects.update(status="UNKNOWN", detail="Nobody knows.")
    clerk, address = staff(merchant, Role.CLERK), f"/admin/invoices/payment/{payment.pk}/change/"

    page = clerk.get(address).content.decode()
    home = clerk.get("/admin/").content.decode()
    asked = clerk.get(act(payment, "send-receipt")).content.decode()
    response = clerk.post(act(payment, "send-receipt"), follow=True)

    assert "Outcome unknown" in page
    assert "Receipts whose outcome is unknown" in home
    assert "the customer may get two" in asked
    assert told(response) == ["The receipt goes out within a minute."]
    assert ReceiptEmail.objects.get().status == "DUE"
    assert Bill.objects.get().amount_paid == payment.amount
