"""Whatever a person may see that a term could mean: people first, then documents, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import day_text, money_text
from billing.models import Bill, Customer, User
from billing.tenancy import merchants_of
from invoices.models import Invoice, Payment
from invoices.searching.terms import Term, read_term
from subscriptions.models import Installment, Subscription

MOST_OF_A_KIND: Final = 6

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Found:
    """One line of the answer. `description` says what tells it from its likes."""

    title: str
    description: str
    kind: str
    link: str
    icon: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`matching` is None where the term cannot mean one of these: then the database is not asked."""

    rows: QuerySet[Any]
    matching: Callable[[Term], Q | None]
    icon: str
    describe: Callable[[Any], Sequence[object]]
    title: Callable[[Any], str] = str


def search_everything(*, user: User | AnonymousUser, text: str) -> list[Found]:
    """
    At most six of each kind, of the person's merchants only.

    A phone may be in any shape, whole or at least four digits of it; names in any spelling; numbers are whole.
    """
    term = read_term(text)
    mine = merchants_of(user)
    found: list[Found] = []
    for kind in _KINDS:
        condition = kind.matching(term)
        if condition is None:
            continue
        rows = kind.rows.filter(condition, merchant__in=mine).order_by("-pk")[:MOST_OF_A_KIND]
        found += [_line(kind, row) for row in rows]
    return found


def _line(kind: Kind, row: Model) -> Found:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    # Each part keeps its own direction: a phone's + stays before it in Arabic.
    described = " · ".join(f"\u2068{part}\u2069" for part in kind.describe(row) if part)
    return Found(
        title=kind.title(row),
        description=described,
        kind=capfirst(str(row._meta.verbose_name_plural)),
        link=reverse(name, args=[row.pk]),
        icon=kind.icon,
    )


def _numbers(*columns: str) -> Callable[[Term], Q | None]:
    def matching(term: Term) -> Q | None:
        return _any(columns, "in", term.numbers) if term.numbers else None

    return matching


def _amount_or(columns: Sequence[str], amount: Q, field: str = "amount") -> Callable[[Term], Q | None]:
    """By number; by amount only among the rows `amount` leaves."""

    def matching(term: Term) -> Q | None:
        found = _any(columns, "in", term.numbers) if term.numbers and columns else None
        if term.amount is None or term.amount <= 0:
            return found
        by_amount = amount & Q(**{field: term.amount})
        return by_amount if found is None else found | by_amount

    return matching


def _customers(term: Term) -> Q | None:
    """:return: by national id, by a part of the phone, or by every word of the name"""
    found = Q()
    if term.national_id:
        found |= Q(national_id=term.national_id)
    if term.phone:
        found |= Q(phone__contains=term.phone)
    if term.words:
        by_name = Q()
        for word in term.words:
            by_name &= Q(search_name__contains=word)
        found |= by_name
    return found or None


def _any(columns: Sequence[str], lookup: str, value: object) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__{lookup}": value})
    return found


def _money_of(row: Any) -> str:
    return money_text(row.amount, row.currency)


_KINDS: Final = (
    Kind(
        rows=Customer.objects.all(),
        matching=_customers,
        icon="person",
        describe=lambda row: (_("Customer"), row.phone, row.national_id),
    ),
    Kind(
        rows=Bill.objects.all(),
        matching=_amount_or(("billing_no", "bill_no", "public_id"), Q(status=Bill.Status.PENDING)),
        icon="receipt_long",
        describe=lambda row: (row.customer_name, row.service_type, _money_of(row), day_text(row.due_date)),
    ),
    Kind(
        rows=Subscription.objects.all(),
        matching=_numbers("subscription_no", "public_id"),
        icon="event_repeat",
        describe=lambda row: (row.customer_name, row.product_name, row.get_status_display()),
    ),
    Kind(
        rows=Installment.objects.select_related("subscription"),
        matching=_amount_or((), Q(status=Installment.Status.INVOICED)),
        icon="calendar_month",
        describe=lambda row: (
            row.subscription.customer_name,
            money_text(row.amount, row.subscription.currency),
            day_text(row.due_date),
        ),
    ),
    Kind(
        rows=Invoice.objects.all(),
        matching=_numbers("number", "reference", "gateway_id"),
        icon="send",
        title=lambda row: str(row.number),
        describe=lambda row: (row.customer_name, _money_of(row), row.get_status_display()),
    ),
    Kind(
        rows=Payment.objects.select_related("customer"),
        matching=_amount_or(("receipt_no", "transaction_token"), Q()),
        icon="payments",
        title=lambda row: row.receipt_no or str(row),
        describe=lambda row: (row.customer.name, _money_of(row), row.get_method_display()),
    ),
)
