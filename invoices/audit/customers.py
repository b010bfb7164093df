"""I9: what is asked for and what was paid is the customer's whose bill or plan it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_noop

from invoices.audit.difference import Difference, each
from invoices.models import Invoice, Payment


def money_stays_with_its_customer(*, now: datetime) -> Iterator[Difference]:
    problem = gettext_noop("it names another customer than its bill or subscription")
    for model in (Invoice, Payment):
        rows: Any = model._default_manager
        of_bills = rows.filter(bill__isnull=False)
        yield from each("I9", of_bills.exclude(customer=F("bill__customer")), problem)
        of_plans = rows.filter(installment__isnull=False)
        yield from each("I9", of_plans.exclude(customer=F("installment__subscription__customer")), problem)
