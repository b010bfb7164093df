"""The brake: no customer gets more messages a day than the merchant wants, whatever goes wrong elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final

from django.utils.translation import gettext_noop

from billing.models import Event, Merchant
from billing.services.events import Line, record_lines
from invoices.models import DeliveryAttempt, Invoice
from invoices.services.pushing.compiled import CompiledQuery, given, given_ids, listed, stored_instant
from invoices.services.pushing.due_invoices import MESSAGING, DueInvoice

Outcome = DeliveryAttempt.Outcome

TOO_MANY_MESSAGES: Final = gettext_noop(
    "The customer has had all the messages you allow in a day. Send this one again to let it go out all the same."
)


def park_beyond_limit(
    *, merchants: Mapping[int, Merchant], due: Sequence[DueInvoice], now: datetime
) -> list[DueInvoice]:
    """
    Park those of the locked invoices that would be one message too many for their customer today.

    What staff have decided today to send again goes out. A call that certainly sent nothing does not count.

    :param merchants: theirs, by id
    """
    days = {pk: merchant.day_began(now) for pk, merchant in merchants.items() if merchant.messages_per_day}
    messages = [invoice for invoice in due if invoice.channel in MESSAGING and invoice.merchant_id in days]
    beyond = _beyond_limit(messages, merchants, days) if messages else []
    if beyond:
        decided = _sent_again_by_staff(beyond, days)
        beyond = [invoice for invoice in beyond if invoice.id not in decided]
        _park(beyond, now)
    return beyond


def _beyond_limit(
    messages: Sequence[DueInvoice], merchants: Mapping[int, Merchant], days: Mapping[int, datetime]
) -> list[DueInvoice]:
    had = _messages_since(days, customers={invoice.customer_id for invoice in messages})
    beyond = []
    for invoice in messages:
        had[invoice.customer_id] += 1
        if had[invoice.customer_id] > merchants[invoice.merchant_id].messages_per_day:
            beyond.append(invoice)
    return beyond


def messages_today(merchant: Merchant, customers: Iterable[int], now: datetime) -> Counter[int]:
    """How many messages these customers of the merchant have had today, by customer."""
    return _messages_since({merchant.pk: merchant.day_began(now)}, customers=customers)


def _messages_since(days: Mapping[int, datetime], *, customers: Iterable[int]) -> Counter[int]:
    """:param days: since when, by merchant"""
    rows = _messages().rows(listed(customers), stored_instant(min(days.values())))
    return Counter(customer for merchant, customer, started_at in rows if started_at >= days[merchant])


@cache
def _messages() -> CompiledQuery:
    made = DeliveryAttempt.objects.filter(
        invoice__customer_id__in=given_ids(),
        action__in=[DeliveryAttempt.Action.CREATE, DeliveryAttempt.Action.RESEND],
        channel__in=MESSAGING,
        outcome__in=[Outcome.STARTED, Outcome.DONE, Outcome.UNKNOWN],
        started_at__gte=given(),
    ).exclude(invoice__delivery=Invoice.Delivery.NEW)  # which the gateway certainly does not have
    return CompiledQuery(made.values_list("merchant_id", "invoice__customer_id", "started_at"))


def _sent_again_by_staff(beyond: Sequence[DueInvoice], days: Mapping[int, datetime]) -> set[int]:
    decided = Event.objects.filter(
        merchant_id__in=days,
        subject=Event.Subject.INVOICE,
        subject_id__in=[invoice.id for invoice in beyond],
        name="send_again",
    )
    rows = decided.values_list("merchant_id", "subject_id", "occurred_at")
    return {invoice for merchant, invoice, occurred_at in rows if occurred_at >= days[merchant]}


def _park(beyond: Sequence[DueInvoice], now: datetime) -> None:
    ids = [invoice.id for invoice in beyond]
    Invoice.objects.filter(pk__in=ids).update(delivery=Invoice.Delivery.PARKED, problem=TOO_MANY_MESSAGES)
    lines = [Line(invoice.merchant_id, invoice.id) for invoice in beyond]
    record_lines(lines, subject=Event.Subject.INVOICE, name="held_back", actor="system", now=now)
