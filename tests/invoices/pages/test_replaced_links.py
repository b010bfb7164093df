"""Who holds an older version of a link learns nothing of the bill, and can have the new one sent to its customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Customer, Merchant
from invoices.models import Invoice, PageOpening, Reminder
from invoices.pages.states import State
from tests.invoices.pages.documents import HIDDEN, change_invoice, form_of, make_shop, owed_bill, page_of, paid, press
from tests.invoices.pages.gallery import MAKERS

pytestmark = pytest.mark.django_db


def replaced(bill: Bill) -> str:
    """The path of the link as it was."""
    path = page_of(bill)
    Bill.objects.filter(pk=bill.pk).update(link_version=2)
    return path


def ask(client: Client, path: str) -> tuple[Any, str]:
    """The answer to the form, and the page after it."""
    answer = press(client, path, form_of(client, path, "new-link"))
    return answer, client.get(path + answer["Location"]).content.decode()


def test_it_says_so_and_shows_nothing_of_the_bill(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop, customer_name="Layla Haddad", service_type="Heart clinic", description="Second visit")
    path = replaced(bill)

    page = client.get(path, headers={"User-Agent": "Mozilla/5.0"})

    text = page.content.decode()
    assert page.status_code == 410
    assert "This link was replaced" in text
    assert "Razzbery Solutions" in text
    hidden = ("150", "JOD", "Heart", "visit", "L•••", "071", bill.billing_no, "days left", "tel:", "wa.me", "/pay/")
    assert [word for word in hidden if word in text] == []
    assert page["Cache-Control"] == "no-store"
    assert not PageOpening.objects.exists()
    bill.refresh_from_db()
    assert client.get(page_of(bill)).status_code == 200


def test_every_state_of_the_bill_looks_alike(client: Client) -> None:
    texts = set()
    for state in (State.OWED, State.PAID, State.CANCELLED, State.EXPIRED):
        path = replaced(MAKERS[state](make_shop(f"shop-{state.value}", name_en="Shop")))
        texts.add(HIDDEN.sub("", client.get(path).content.decode()))

    assert len(texts) == 1


def test_the_new_link_of_a_dead_invoice_goes_to_the_phone_on_file(client: Client, shop: Merchant) -> None:
    bill = MAKERS[State.EXPIRED](shop)

    answer, text = ask(client, replaced(bill))

    assert (answer.status_code, answer["Location"]) == (303, "?said=new-link-sent")
    assert "A new link is on its way to the phone on file." in text
    fresh = Invoice.objects.get(bill=bill, issue_no=2)
    assert (fresh.status, fresh.customer_phone) == ("OPEN", bill.customer_phone)


def test_a_live_invoice_is_sent_once_more_and_not_twice_a_day(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    path = replaced(bill)

    first, _ = ask(client, path)
    second, text = ask(client, path)

    assert (first["Location"], second["Location"]) == ("?said=new-link-sent", "?said=sent-today")
    assert "Try again tomorrow." in text
    assert Reminder.objects.get().channel == "GATEWAY"
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("state", [State.PAID, State.CANCELLED, State.WITHDRAWN], ids=lambda state: state.value)
def test_where_there_is_nothing_to_send_the_merchant_is_to_be_asked(
    client: Client, shop: Merchant, state: State
) -> None:
    answer, text = ask(client, replaced(MAKERS[state](shop)))

    assert answer["Location"] == "?said=no-new-link"
    assert "Please ask the merchant." in text
    assert Invoice.objects.count() == 1
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("act", ["pay", "not-me"])
def test_the_forms_of_the_page_as_it_was_do_nothing(client: Client, shop: Merchant, act: str) -> None:
    bill = owed_bill(shop)
    form = form_of(client, page_of(bill), act)

    answer = press(client, replaced(bill), form)

    assert answer.status_code == 403
    assert "Location" not in answer
    assert Customer.objects.get().messages_stopped_at is None


def test_another_sites_form_is_refused(client: Client, shop: Merchant) -> None:
    path = replaced(MAKERS[State.EXPIRED](shop))
    form = form_of(client, path, "new-link")

    answer = press(client, path, form, Origin="https://evil.test")

    assert answer.status_code == 403
    assert "Please press the button again." in answer.content.decode()
    assert Invoice.objects.count() == 1


def test_another_merchants_link_is_merely_wrong(client: Client, shop: Merchant) -> None:
    make_shop("other-shop")
    path = replaced(paid(owed_bill(shop)))

    assert client.get(path.replace("razzbery", "other-shop")).status_code == 404


def test_a_link_withdrawn_by_staff_stays_dead(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    change_invoice(bill, status="CANCELLED", cancel_reason="BY_STAFF", cancelled_at=timezone.now() - timedelta(days=1))

    answer, _ = ask(client, replaced(bill))

    assert answer["Location"] == "?said=no-new-link"
    assert Invoice.objects.count() == 1
