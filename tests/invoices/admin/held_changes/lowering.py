"""Asking for less, and saying yes to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.test import Client

from billing.models import Bill, Job
from tests.staff import told

WAITS = "Nothing is changed yet: it waits for somebody else's approval."


def lower(client: Client, bill: Bill, amount: str) -> Any:
    form = {"amount": amount, "due_date": bill.due_date.isoformat(), "reason": "The meter was misread"}
    return client.post(f"/admin/billing/bill/{bill.pk}/do/change-terms/", form | {"was": asked_for(bill)}, follow=True)


def asked_for(bill: Bill) -> str:
    """What the form shows as the bill's amount and day."""
    found = Bill.objects.get(pk=bill.pk)
    return f"{found.amount} {found.due_date}"


def approve(client: Client, job: Job) -> list[str]:
    return told(client.post(f"/admin/billing/job/{job.pk}/do/approve/", follow=True))


def amount_of(bill: Bill) -> Decimal:
    return Bill.objects.get(pk=bill.pk).amount
