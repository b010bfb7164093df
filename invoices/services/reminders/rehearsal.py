"""Who of many would not be reminded now, and why: asked before it is done, in a few statements for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, Merchant
from invoices.models import GatewayCallback, Invoice, Reminder
from invoices.services.payables import Payable
from invoices.services.pushing.brake import messages_today
from invoices.services.reminders.plans import Plan, histories_of, key_of
from invoices.services.reminders.requests import RemindersUsedUp
from invoices.services.reminders.rules import (
    NoInvoiceOut,
    NothingToRemindOf,
    PaymentBeingChecked,
    QuietNow,
    RemindedToday,
    TooManyMessages,
    check_is_owed,
)

REMINDED_OF_ANOTHER: Final = gettext_noop("This customer is reminded of another document of this list: one a day.")


def rehearse_reminders(*, payables: Sequence[Payable], plan: Plan, now: datetime) -> dict[int, str]:
    """
    Why some of them would be refused, by their ids: what `ask_for_reminder` says, asked of each in this order.

    :param payables: bills, or installments, of one merchant
    """
    if not payables:
        return {}
    merchant = payables[0].merchant
    if plan.quiet_times.are_on(now):
        return {payable.pk: QuietNow.message for payable in payables}
    known = _read(merchant, payables, now)
    reasons: dict[int, str] = {}
    for payable in payables:
        try:
            known.check(payable, plan)
        except DomainError as refusal:
            reasons[payable.pk] = refusal.message
            continue
        customer_id = known.invoices[payable.pk].customer_id
        if customer_id in known.chosen:
            reasons[payable.pk] = REMINDED_OF_ANOTHER
        known.chosen.add(customer_id)
    return reasons


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What was read of all of them; `chosen` are the customers for whom one of them is found."""

    today: date
    invoices: Mapping[int, Invoice]
    being_checked: set[int]
    reminded: set[int]
    messaged: set[int]
    counts: Mapping[int, int]
    chosen: set[int] = field(default_factory=set)

    def check(self, payable: Payable, plan: Plan) -> None:
        """:raises DomainError: as `check_may_be_reminded` and `ask_for_reminder` do"""
        invoice = self.invoices.get(payable.pk)
        if invoice is None:
            raise NoInvoiceOut if payable.amount_due > 0 else NothingToRemindOf
        check_is_owed(invoice, payable, today=self.today)
        if invoice.pk in self.being_checked:
            raise PaymentBeingChecked
        if invoice.customer_id in self.reminded:
            raise RemindedToday
        if invoice.customer_id in self.messaged:
            raise TooManyMessages
        if self.counts[payable.pk] >= plan.at_most:
            raise RemindersUsedUp


def _read(merchant: Merchant, payables: Sequence[Payable], now: datetime) -> _Known:
    today = merchant.local_date(now)
    invoices = _live_invoices(merchant, payables)
    customers = {invoice.customer_id for invoice in invoices.values()}
    waiting = GatewayCallback.objects.filter(invoice__in=invoices.values(), state=GatewayCallback.State.WAITING)
    reminders = Reminder.objects.filter(merchant=merchant, customer__in=customers, on_date=today)
    histories = histories_of(payables, merchant=merchant)
    return _Known(
        today=today,
        invoices=invoices,
        being_checked={each for each in waiting.values_list("invoice_id", flat=True) if each},
        reminded=set(reminders.values_list("customer_id", flat=True)),
        messaged=_messaged(merchant, customers, now),
        counts={payable.pk: histories[key_of(payable)].count for payable in payables},
    )


def _live_invoices(merchant: Merchant, payables: Sequence[Payable]) -> dict[int, Invoice]:
    of = "bill" if isinstance(payables[0], Bill) else "installment"
    live = Invoice.objects.live().filter(merchant=merchant, **{f"{of}__in": [payable.pk for payable in payables]})
    return {getattr(invoice, f"{of}_id"): invoice for invoice in live.select_related("merchant", "customer")}


def _messaged(merchant: Merchant, customers: set[int], now: datetime) -> set[int]:
    """Who has had as many messages today as the merchant allows."""
    limit = merchant.messages_per_day
    if not limit or not customers:
        return set()
    return {customer for customer, count in messages_today(merchant, customers, now).items() if count >= limit}
