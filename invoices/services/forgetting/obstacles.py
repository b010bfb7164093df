"""What is still open about somebody: it has to be settled before they can be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import ngettext

from billing.models import Bill, Customer, Job
from invoices.models import Credit, GatewayCallback, Invoice, Payment, ReceiptEmail, Refund, Reminder
from invoices.services.counting import count_together
from invoices.services.forgetting.job_rows import named_rows
from invoices.services.forgetting.person import read_person
from invoices.services.forgetting.rows import rows_of
from invoices.services.surplus import to_review
from subscriptions.models import Installment, Subscription

Words = Callable[[int], str]
Asked = tuple[QuerySet[Any], Words]
Mine = dict[str, Any]  # a filter: the merchant, and the ids of the person's rows


def obstacles_to(customer: Customer) -> list[str]:
    """A sentence for each kind of thing that is open, saying what to do first; none where nothing is."""
    asked = list(_open_rows(customer))
    counts = count_together(customer.merchant_id, [rows for rows, _words in asked])
    said = [words(count) % {"n": count} for (_rows, words), count in zip(asked, counts, strict=True) if count]
    return said + _jobs_about(customer)


def _jobs_about(customer: Customer) -> list[str]:
    jobs = Job.objects.filter(merchant=customer.merchant_id)
    going_on = list(
        jobs.exclude(status__in=[Job.Status.DONE, Job.Status.STOPPED]).only("title", "parameters", "row_count")
    )
    if not going_on:
        return []
    person = read_person(customer)
    rows = named_rows(person, going_on)
    about = {job.pk for job in going_on if person.is_named_in([job.title, job.parameters])}
    count = len(about | {row.job_id for row in rows})
    words = ngettext(
        "%(n)s job about them is not over: wait for it, or stop it.",
        "%(n)s jobs about them are not over: wait for them, or stop them.",
        count,
    )
    return [words % {"n": count}] if count else []


def _open_rows(customer: Customer) -> Iterator[Asked]:
    """Of all their rows, former numbers too: in the order in which a person settles them."""
    rows_of_theirs = list(rows_of(customer).values_list("pk", flat=True))
    mine: Mine = {"merchant": customer.merchant_id, "customer__in": rows_of_theirs}
    invoices, payments = Invoice.objects.filter(**mine), Payment.objects.filter(**mine)
    yield from _what_is_owed(mine)
    yield (
        invoices.live(),
        lambda n: ngettext(
            "%(n)s invoice is open: cancel it, and wait until the gateway has.",
            "%(n)s invoices are open: cancel them, and wait until the gateway has.",
            n,
        ),
    )
    yield from _what_is_left_over(payments)
    yield from ((rows, _under_way) for rows in _under_way_rows(mine, invoices, payments))


def _what_is_owed(mine: Mine) -> Iterator[Asked]:
    yield (
        Bill.objects.open().filter(**mine),
        lambda n: ngettext(
            "%(n)s bill is still owed: take the money or cancel it.",
            "%(n)s bills are still owed: take the money or cancel them.",
            n,
        ),
    )
    yield (
        Subscription.objects.filter(**mine, status__in=[Subscription.Status.ACTIVE, Subscription.Status.PAUSED]),
        lambda n: ngettext(
            "%(n)s subscription goes on: cancel it first.", "%(n)s subscriptions go on: cancel them first.", n
        ),
    )
    yield (
        Installment.objects.open().filter(merchant=mine["merchant"], subscription__customer__in=mine["customer__in"]),
        lambda n: ngettext(
            "%(n)s installment is still owed: take the money.",
            "%(n)s installments are still owed: take the money.",
            n,
        ),
    )


def _what_is_left_over(payments: QuerySet[Payment]) -> Iterator[Asked]:
    yield (
        to_review(payments).filter(applied_amount__lt=F("amount")),
        lambda n: ngettext(
            "%(n)s payment has money left that paid for nothing: give it back, or use it.",
            "%(n)s payments have money left that paid for nothing: give it back, or use it.",
            n,
        ),
    )
    for rows in (
        Refund.objects.filter(payment__in=payments, status__in=[Refund.Status.REQUESTED, Refund.Status.APPROVED]),
        Credit.objects.filter(payment__in=payments, status=Credit.Status.REQUESTED),
    ):
        yield (
            rows,
            lambda n: ngettext(
                "%(n)s refund or credit is not done: decide about it.",
                "%(n)s refunds or credits are not done: decide about them.",
                n,
            ),
        )


def _under_way_rows(mine: Mine, invoices: QuerySet[Invoice], payments: QuerySet[Payment]) -> Iterator[QuerySet[Any]]:
    yield ReceiptEmail.objects.filter(
        payment__in=payments, status__in=[ReceiptEmail.Status.DUE, ReceiptEmail.Status.CLAIMED]
    )
    yield Reminder.objects.filter(**mine, status=Reminder.Status.CLAIMED)
    yield GatewayCallback.objects.filter(invoice__in=invoices, state=GatewayCallback.State.WAITING)


def _under_way(count: int) -> str:
    return ngettext(
        "%(n)s message is just being sent or looked at: try again in a few minutes.",
        "%(n)s messages are just being sent or looked at: try again in a few minutes.",
        count,
    )
