"""What a customer's page says first: what they owe, what is late, and what came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.admin.cells import (
    NOTHING,
    above,
    alarming,
    day,
    instant,
    label,
    link,
    money,
    phone_number,
)
from billing.admin.screens.documents import Fact
from billing.fields import MoneyField
from billing.models import Bill, Customer
from billing.money import ZERO
from invoices.models import Payment
from invoices.services.open_amounts import OpenAmount, OpenAmounts
from subscriptions.models import Installment, Subscription

_A_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Known:
    """:ivar last_payment: the newest, of those the page has read"""

    customer: Customer
    amounts: OpenAmounts
    last_payment: Payment | None
    today: date


def with_facts(customers: QuerySet[Customer], *, now: datetime, today: date) -> QuerySet[Customer]:
    """Read with the row: `next_bill_due`, `next_installment_due`, and `received`, of twelve months."""
    owed = Bill.objects.filter(customer=OuterRef("pk"), merchant=OuterRef("merchant"), status=Bill.Status.PENDING)
    coming = Q(status=Installment.Status.INVOICED) | Q(
        status=Installment.Status.SCHEDULED, subscription__status=Subscription.Status.ACTIVE
    )
    parts = Installment.objects.filter(
        coming, merchant=OuterRef("merchant"), subscription__customer=OuterRef("pk"), due_date__gte=today
    )
    payments = Payment.objects.filter(
        customer=OuterRef("pk"), currency=OuterRef("merchant__currency"), received_at__gte=now - _A_YEAR
    )
    return customers.annotate(
        next_bill_due=_of_customer(owed.filter(due_date__gte=today), Min("due_date")),
        next_installment_due=_of_customer(parts, Min("due_date")),
        received=_of_customer(payments, Sum("amount", output_field=MoneyField())),
    )


def customer_facts(known: Known) -> list[Fact]:
    customer, amounts = known.customer, known.amounts
    currency = customer.merchant.currency
    owed = {code: each.sum for code, each in amounts.owed.items()} or {currency: ZERO}
    return [
        Fact(title=_("Still owed"), value=_sums(owed), is_loud=True),
        *_overdue(amounts),
        Fact(title=_("Next due"), value=_next_due(customer)),
        *_promise(amounts.rows, known.today),
        Fact(title=_("Last paid"), value=_last(known.last_payment)),
        Fact(title=_("Received in twelve months"), value=money(getattr(customer, "received", None) or ZERO, currency)),
        *_stopped(customer),
        *_phone(customer),
    ]


def _of_customer(rows: QuerySet[Any], figure: Min | Sum) -> Subquery:
    return Subquery(rows.order_by().values("merchant").annotate(figure=figure).values("figure"))


def _sums(sums: dict[str, Decimal]) -> SafeString:
    return format_html_join(" ", "{}", ((money(amount, code),) for code, amount in sums.items()))


def _overdue(amounts: OpenAmounts) -> list[Fact]:
    late = {code: each.overdue for code, each in amounts.owed.items() if each.overdue_count}
    if not late:
        return []
    count = sum(each.overdue_count for each in amounts.owed.values())
    words = ngettext("%(n)s document", "%(n)s documents", count) % {"n": count}
    return [Fact(title=_("Overdue"), value=above(alarming(_sums(late)), words))]


def _next_due(customer: Customer) -> SafeString:
    days = [getattr(customer, name, None) for name in ("next_bill_due", "next_installment_due")]
    return day(min((each for each in days if each), default=None))


def _promise(rows: Sequence[OpenAmount], today: date) -> list[Fact]:
    promises = [row.promised_until for row in rows if row.promised_until]
    if not promises:
        return []
    return [Fact(title=_("Promised by"), value=day(min(promises), is_late=min(promises) < today))]


def _last(payment: Payment | None) -> SafeString | str:
    if payment is None:
        return NOTHING
    return above(link(payment, money(payment.amount, payment.currency)), instant(payment.received_at))


def _stopped(customer: Customer) -> list[Fact]:
    if customer.messages_stopped_at is None:
        return []
    return [
        Fact(title=_("Messages"), value=above(label(_("Stopped"), "danger"), instant(customer.messages_stopped_at)))
    ]


def _phone(customer: Customer) -> list[Fact]:
    """On a phone the office itself makes the call."""
    if customer.forgotten_at is not None:
        return []
    told = format_html('<a class="office-link" href="tel:{}">{}</a>', customer.phone, phone_number(customer.phone))
    return [Fact(title=_("Phone"), value=told)]
