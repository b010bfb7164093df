"""`manage.py explain` tells a document's story by its number."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from invoices.models import Invoice
from invoices.services.issuing import issue_due
from tests.factories import make_bill, make_merchant, make_subscription

pytestmark = pytest.mark.django_db


def explained(*arguments: str) -> str:
    output = StringIO()
    call_command("explain", *arguments, stdout=output)
    return output.getvalue()


def test_every_number_a_person_may_have_leads_to_its_document() -> None:
    merchant = make_merchant()
    bill, plan = make_bill(merchant), make_subscription(merchant)
    issue_due(merchant=merchant, now=timezone.now())
    invoice = Invoice.objects.get(bill=bill)

    first_lines = {
        number: explained(number).partition("\n")[0]
        for number in (
            bill.billing_no,
            bill.bill_no.lower(),
            plan.subscription_no,
            f"{plan.subscription_no}/3",
            invoice.number,
            invoice.reference,
        )
    }

    assert list(first_lines.values()) == [
        bill.billing_no,
        bill.billing_no,
        plan.subscription_no,
        f"{plan.subscription_no} · 3",
        invoice.number,
        invoice.number,
    ]


@pytest.mark.parametrize("sequence", ["9" * 5, "9" * 22, "9" * 5000])
def test_an_installment_there_cannot_be_is_no_document(sequence: str) -> None:
    plan = make_subscription(make_merchant())

    with pytest.raises(CommandError, match="no document of this number"):
        explained(f"{plan.subscription_no}/{sequence}")


def test_the_story_is_plain_text_without_marks_or_phones() -> None:
    bill = make_bill(make_merchant())

    text = explained(bill.billing_no)

    assert "A bill for Water Bill over JOD\xa0150.500, due on 31 Dec 2025.\n" in text
    assert f"  Bill {bill.billing_no}: Created (Automatic)\n" in text
    assert "\u2068" not in text
    assert bill.customer_phone not in text


@pytest.mark.parametrize("number", ["BILL-20200101-0001", "SUB-20200101-0001/x", "INV-1", "nonsense", ""])
def test_an_unknown_number_says_what_to_give(number: str) -> None:
    make_bill(make_merchant())

    with pytest.raises(CommandError, match="There is no document of this number"):
        explained(number)


def test_a_number_of_two_merchants_asks_whose() -> None:
    bills = [make_bill(make_merchant(name), service_type=f"service of {name}") for name in ("first", "second")]
    assert bills[0].billing_no == bills[1].billing_no

    with pytest.raises(CommandError, match="Say whose you mean"):
        explained(bills[0].billing_no)

    assert "service of second" in explained(bills[1].billing_no, "--merchant", "second")
