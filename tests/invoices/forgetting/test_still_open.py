"""While anything of theirs is open nobody is forgotten, and they are told what it is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.models import Customer, Job, Merchant, User
from invoices.models import Credit, Payment, ReceiptEmail, Refund, Reminder
from invoices.services.forgetting.forget import StillOpen
from tests.invoices.forgetting.forget import close_everything, forget
from tests.invoices.forgetting.signs import SIGNS, columns_with

pytestmark = pytest.mark.django_db


def test_while_anything_is_open_nothing_is_forgotten(person: Customer, owner: User) -> None:
    Job.objects.update(status="QUEUED")
    Payment.objects.update(applied_amount=1, review_reason="OVERPAID")
    Refund.objects.update(status="REQUESTED", decided_by=None, decided_at=None, amount=Decimal("0.5"))
    Credit.objects.update(status="REQUESTED", decided_by=None, decided_at=None, amount=Decimal("0.1"))
    ReceiptEmail.objects.update(status="DUE")
    before = columns_with(*SIGNS)

    with pytest.raises(StillOpen) as refusal:
        forget(person, owner)

    said = str(refusal.value.details["reason"])
    for what in (
        "bills are still owed",
        "subscription goes on",
        "invoices are open",
        "payment has money left",
        "refund or credit is not done",
        "message is just being sent",
        "jobs about them",
    ):
        assert what in said
    assert columns_with(*SIGNS) == before
    assert Customer.objects.filter(forgotten_at=None, pk=person.pk).exists()


def test_what_hangs_on_a_former_number_or_a_job_that_goes_on_is_still_open(
    shop: Merchant, person: Customer, owner: User
) -> None:
    close_everything(person)
    Reminder.objects.update(status="CLAIMED", customer=person.former_numbers.get())
    searched = Job.objects.get(kind="ACT")
    searched.rows.filter(key="Zaynab Recognisable").delete()
    Job.objects.filter(pk=searched.pk).update(status="RUNNING", title="1 customer")

    with pytest.raises(StillOpen) as refusal:
        forget(person, owner)

    said = str(refusal.value.details["reason"])
    assert "1 message is just being sent" in said
    assert "1 job about them is not over" in said
    assert Job.objects.get(pk=searched.pk).parameters == searched.parameters
