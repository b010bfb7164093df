"""Whatever a person may see that a term could mean: people first, then documents, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import day_text, money_text
from billing.models import Bill, Customer, User
from billing.phones import as_said
from billing.search.numbers import with_number
from billing.search.phones import has_phone
from billing.search.spelling import has_word
from billing.tenancy import merchants_of
from invoices.models import Invoice, Payment
from invoices.searching.terms import Term, read_term
from invoices.services.owed_by_customers import owed_by_customers
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
    """
    What has one of its `numbers` is found alone; else `matching`, which is None where the term cannot mean one of
    these: then the database is not asked. Where we made all of them (`are_ours`), neither is it for a few digits.
    """

    rows: QuerySet[Any]
    icon: str
    describe: Callable[[Any], Sequence[object]]
    numbers: tuple[str, ...] = ()
    are_ours: bool = False
    matching: Callable[[Term], Q | None] = lambda term: None
    title: Callable[[Any], str] = str


def search_everything(*, user: User | AnonymousUser, text: str, today: date) -> list[Found]:
    """
    At most six of each kind, of the person's merchants only; people with what they owe.

    A phone may be in any shape, whole or at least four digits of it; names in any spelling; numbers are whole.
    """
    term = read_term(text)
    # By their ids: a subquery would hide from the planner whose rows are looked for (decision 30).
    mine = None if user.is_superuser else list(merchants_of(user).values_list("pk", flat=True))
    found: list[Found] = []
    for kind in _KINDS:
        rows = kind.rows.all() if mine is None else kind.rows.filter(merchant_id__in=mine)
        meant = _meant(kind, rows.order_by("-pk"), term)
        owed = _owed_by(meant, today) if rows.model is Customer else {}
        found += [_line(kind, row, owed.get(row.pk, ())) for row in meant]
    return found


def _meant(kind: Kind, rows: QuerySet[Any], term: Term) -> Sequence[Model]:
    if kind.numbers and term.numbers and (term.may_be_ours or not kind.are_ours):
        numbered = list(rows.filter(pk__in=with_number(rows, kind.numbers, term.numbers))[:MOST_OF_A_KIND])
        if numbered:
            return numbered
    condition = kind.matching(term)
    return [] if condition is None else list(rows.filter(condition)[:MOST_OF_A_KIND])


def _owed_by(customers: Sequence[Any], today: date) -> Mapping[int, Sequence[str]]:
    if not customers:
        return {}
    owed = owed_by_customers(customers=customers, today=today)
    return {
        pk: [gettext("owes %(amount)s") % {"amount": money_text(each.sum, code)} for code, each in sums.items()]
        for pk, sums in owed.items()
    }


def _line(kind: Kind, row: Model, owed: Sequence[str]) -> Found:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    # Each part keeps its own direction: a phone's + stays before it in Arabic.
    described = " · ".join(f"\u2068{part}\u2069" for part in (*kind.describe(row), *owed) if part)
    return Found(
        title=kind.title(row),
        description=described,
        kind=capfirst(str(row._meta.verbose_name_plural)),
        link=reverse(name, args=[row.pk]),
        icon=kind.icon,
    )


def _amount_of(rows: Q) -> Callable[[Term], Q | None]:
    """Only among these rows, for which amounts have an index."""

    def matching(term: Term) -> Q | None:
        return rows & Q(amount=term.amount) if term.amount is not None and term.amount > 0 else None

    return matching


def _customers(term: Term) -> Q | None:
    """By national id, by a part of the phone, or by every word of the name."""
    found = Q()
    if term.national_id:
        found |= Q(national_id=term.national_id)
    if term.phone:
        found |= has_phone("phone", term.phone)
    if term.words:
        by_name = Q()
        for word in term.words:
            by_name &= has_word("search_name", word)
        found |= by_name
    return found or None


def _money_of(row: Any) -> str:
    return money_text(row.amount, row.currency)


_KINDS: Final = (
    Kind(
        rows=Customer.objects.all(),
        matching=_customers,
        icon="person",
        # The page of a former number is that of the customer it leads to.
        describe=lambda row: (
            _("Former number") if row.merged_into_id else _("Customer"),
            as_said(row.phone),
            row.national_id,
        ),
    ),
    Kind(
        rows=Bill.objects.all(),
        numbers=("billing_no", "public_id"),
        are_ours=True,
        matching=_amount_of(Q(status=Bill.Status.PENDING)),
        icon="receipt_long",
        describe=lambda row: (row.customer_name, row.service_type, _money_of(row), day_text(row.due_date)),
    ),
    Kind(
        rows=Subscription.objects.all(),
        numbers=("subscription_no", "public_id"),
        are_ours=True,
        icon="event_repeat",
        describe=lambda row: (row.customer_name, row.product_name, row.get_status_display()),
    ),
    Kind(
        rows=Installment.objects.select_related("subscription"),
        matching=_amount_of(Q(status=Installment.Status.INVOICED)),
        icon="calendar_month",
        describe=lambda row: (
            row.subscription.customer_name,
            money_text(row.amount, row.subscription.currency),
            day_text(row.due_date),
        ),
    ),
    Kind(
        rows=Invoice.objects.all(),
        numbers=("number", "reference", "gateway_id"),
        icon="send",
        title=lambda row: str(row.number),
        describe=lambda row: (row.customer_name, _money_of(row), row.get_status_display()),
    ),
    Kind(
        rows=Payment.objects.select_related("customer"),
        numbers=("receipt_no", "transaction_token"),
        matching=_amount_of(Q()),
        icon="payments",
        title=lambda row: row.receipt_no or str(row),
        describe=lambda row: (row.customer.name, _money_of(row), row.get_method_display()),
    ),
)
