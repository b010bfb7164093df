"""What merging would move, counted before anybody agrees to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from billing.models import Bill, Customer, Event
from invoices.models import Invoice, Payment
from invoices.services.counting import count_together
from subscriptions.models import Installment, Subscription


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """How much a customer has; `open_invoices` are among the `invoices`."""

    bills: int
    plans: int
    invoices: int
    open_invoices: int
    payments: int
    promises: int
    notes: int


def holdings_of(customer: Customer) -> Holdings:
    """In one query."""
    of_customer: dict[str, Any] = {"merchant": customer.merchant_id, "customer": customer}
    bills, invoices = Bill.objects.filter(**of_customer), Invoice.objects.filter(**of_customer)
    installments = Installment.objects.filter(merchant=customer.merchant_id, subscription__customer=customer)
    notes = Event.objects.filter(
        merchant=customer.merchant_id, subject=Event.Subject.CUSTOMER, subject_id=customer.pk, name="noted"
    )
    rows = {
        "bills": bills,
        "plans": Subscription.objects.filter(**of_customer),
        "invoices": invoices,
        "open_invoices": invoices.live(),
        "payments": Payment.objects.filter(**of_customer),
        "bills_promised": bills.exclude(promised_until=None),
        "installments_promised": installments.exclude(promised_until=None),
        "notes": notes,
    }
    counts = dict(zip(rows, count_together(customer.merchant_id, list(rows.values())), strict=True))
    promises = counts.pop("bills_promised") + counts.pop("installments_promised")
    return Holdings(promises=promises, **counts)
