"""Which rows belong to a document's life."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from billing.models import Bill, Event
from invoices.models import Credit, Invoice, Payment, Reminder
from subscriptions.models import Installment, Subscription

Document = Bill | Installment | Invoice | Subscription
Subject = Event.Subject


@dataclass(frozen=True, kw_only=True)
class Scope:
    """`names` are what the story calls the rows whose events it tells."""

    merchant_id: int
    currency: str
    names: Mapping[tuple[str, int], str]
    invoices: Sequence[Invoice]
    payments: Sequence[Payment]
    credits: Sequence[Credit]
    reminders: Sequence[Reminder]

    def name_of(self, invoice_id: int | None) -> str:
        return self.names.get((Subject.INVOICE, invoice_id or 0), str(Subject.PAYMENT.label))

    def subjects(self) -> list[tuple[Event.Subject, list[int]]]:
        return [(subject, [pk for kind, pk in self.names if kind == subject]) for subject in Subject]


def scope_of(document: Document) -> Scope:
    if isinstance(document, Bill):
        return _scope(document, document.currency, Q(bill=document), names=_named(Subject.BILL, [document]))
    if isinstance(document, Installment):
        # Its plan's changes made it what it is.
        names = _named(Subject.SUBSCRIPTION, [document.subscription]) | _named(Subject.INSTALLMENT, [document])
        return _scope(document, document.subscription.currency, Q(installment=document), names=names)
    if isinstance(document, Subscription):
        installments = document.installments.select_related("subscription")
        names = _named(Subject.SUBSCRIPTION, [document]) | _named(Subject.INSTALLMENT, installments)
        return _scope(document, document.currency, Q(installment__subscription=document), names=names)
    return _scope(document, document.currency, Q(pk=document.pk), Q(invoice=document), names={})


def _scope(
    document: Document, currency: str, whose: Q, of_others: Q | None = None, *, names: dict[tuple[str, int], str]
) -> Scope:
    """:param of_others: the payments and reminders, where they are found in another way than the invoices"""
    own = Q(merchant_id=document.merchant_id)
    invoices = list(Invoice.objects.filter(own, whose).order_by("pk"))
    payments = list(Payment.objects.filter(own, of_others or whose).select_related("recorded_by").order_by("pk"))
    # What was left over of its payments, and what of other payments was used here.
    of_credits = Q(payment__in=payments) if of_others else Q(payment__in=payments) | whose
    used = Credit.objects.filter(own, of_credits, status=Credit.Status.DONE)
    return Scope(
        merchant_id=document.merchant_id,
        currency=currency,
        names=names | _named(Subject.INVOICE, invoices),
        invoices=invoices,
        payments=payments,
        credits=list(used.select_related("decided_by", "bill", "installment__subscription").order_by("pk")),
        reminders=list(Reminder.objects.filter(own, of_others or whose).order_by("pk")),
    )


def _named(subject: Event.Subject, rows: Iterable[Document]) -> dict[tuple[str, int], str]:
    return {(subject.value, row.pk): f"{subject.label} {row}" for row in rows}
