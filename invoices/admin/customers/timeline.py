"""What happened to a customer's newest documents, told on the customer's own page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.admin.cells import link
from billing.models import Bill, Customer, Event
from invoices.admin.customers.numbers import kin_of
from invoices.models import Invoice, Payment
from subscriptions.models import Installment, Subscription

Subject = Event.Subject


@dataclass(frozen=True, kw_only=True)
class Documents:
    """The newest of each kind, as the page has read them."""

    bills: Sequence[Bill]
    plans: Sequence[Subscription]
    invoices: Sequence[Invoice]
    payments: Sequence[Payment]

    @property
    def installment_ids(self) -> list[int]:
        """Of what was asked for or paid."""
        found = {invoice.installment_id for invoice in self.invoices}
        found |= {payment.installment_id for payment in self.payments}
        return sorted(pk for pk in found if pk is not None)


def subjects_of_customer(customer: Customer, documents: Documents) -> list[tuple[Subject, list[int]]]:
    return [
        (Subject.CUSTOMER, [customer.pk, *(each.pk for each in kin_of(customer).formers)]),
        (Subject.BILL, [each.pk for each in documents.bills]),
        (Subject.SUBSCRIPTION, [each.pk for each in documents.plans]),
        (Subject.INSTALLMENT, documents.installment_ids),
        (Subject.INVOICE, [each.pk for each in documents.invoices]),
        (Subject.PAYMENT, [each.pk for each in documents.payments]),
    ]


def called_in_timeline(documents: Documents) -> dict[tuple[str, int], str]:
    """Each document by its kind and number, leading to its page."""
    called: dict[tuple[str, int], str] = {}
    called |= _called(Subject.BILL, documents.bills)
    called |= _called(Subject.SUBSCRIPTION, documents.plans)
    called |= _called(Subject.INVOICE, documents.invoices)
    called |= _called(Subject.PAYMENT, documents.payments)
    for pk in documents.installment_ids:
        called[Subject.INSTALLMENT, pk] = link(Installment(pk=pk), Subject.INSTALLMENT.label)
    return called


def _called(
    subject: Subject, rows: Iterable[Bill | Subscription | Invoice | Payment]
) -> dict[tuple[str, int], SafeString]:
    return {(subject, row.pk): format_html("{} {}", subject.label, link(row)) for row in rows}
