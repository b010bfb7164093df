"""Subscriptions from a spreadsheet, of every type; a custom schedule stands in one cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.errors import DomainError
from billing.importing import cells
from billing.importing.bills import DESCRIPTION, NOTES, REFERENCE
from billing.importing.customers import EMAIL, NAME, PHONE
from billing.importing.kinds import Column, ImportKind, Made, Origin, Values
from billing.models import Merchant
from billing.money import ZERO
from subscriptions.importing_cells import Payments, payments, plan_type
from subscriptions.models import Subscription
from subscriptions.services import NewSubscription, create_subscriptions, rehearse_new
from subscriptions.services.beginning import plan

Type = Subscription.Type

_NEEDED: Final[Mapping[str, Sequence[str]]] = {
    Type.FIXED_MONTHLY: ("total", "payment", "payment_day"),
    Type.CUSTOM_SCHEDULE: ("payments",),
    Type.OPEN_ENDED: ("payment", "payment_day"),
}
_FOREIGN: Final[Mapping[str, Sequence[str]]] = {
    Type.FIXED_MONTHLY: ("payments",),
    Type.CUSTOM_SCHEDULE: ("payment", "payment_day", "start_date"),
    Type.OPEN_ENDED: ("total", "payments"),
}
_TOTALS: Final = {
    Type.FIXED_MONTHLY: _("Sum of fixed plans"),
    Type.CUSTOM_SCHEDULE: _("Sum of custom schedules"),
    Type.OPEN_ENDED: _("Each month, open-ended"),
}


def _new(values: Values) -> NewSubscription:
    stated, type = values.get("payments", Payments()), Type(values["type"])
    return NewSubscription(
        type=type,
        customer_name=values["name"],
        customer_phone=values["phone"],
        customer_email=values.get("email", ""),
        product_name=values["product"],
        description=values.get("description", ""),
        notes=values.get("notes", ""),
        total_amount=stated.total if type == Type.CUSTOM_SCHEDULE else values.get("total"),
        custom_installments=tuple(stated),
        monthly_payment=values["payment"] if type == Type.FIXED_MONTHLY else None,
        recurring_amount=values["payment"] if type == Type.OPEN_ENDED else None,
        payment_day=values.get("payment_day"),
        start_date=values.get("start_date"),
    )


def _check_row(values: Values, now: datetime, merchant: Merchant) -> Sequence[tuple[str, str]]:
    """What the API refuses between its fields, and a schedule that could not be made."""
    type = values["type"]
    problems = [(code, gettext_now("A plan of this type needs it. Fill it in.")) for code in _missing(values)]
    problems += [(code, gettext_now("A plan of this type has none. Leave it empty.")) for code in _foreign(values)]
    if problems:
        return problems
    if type == Type.FIXED_MONTHLY and values["payment"] > values["total"]:
        return [("payment", gettext_now("The payment is more than the total."))]
    if type == Type.CUSTOM_SCHEDULE and values.get("total", values["payments"].total) != values["payments"].total:
        told = gettext_now("The payments add up to %(sum)s. Correct them, or leave the total empty.")
        return [("total", told % {"sum": values["payments"].total})]
    try:
        rehearse_new(merchant=merchant, new=_new(values), horizon=settings.OPEN_ENDED_HORIZON, now=now)
    except DomainError as refusal:
        code = "payments" if type == Type.CUSTOM_SCHEDULE else "payment"
        return [(code, gettext_now(refusal.message))]
    return []


def _missing(values: Values) -> list[str]:
    return [code for code in _NEEDED[values["type"]] if code not in values]


def _foreign(values: Values) -> list[str]:
    return [code for code in _FOREIGN[values["type"]] if code in values]


def _make(origins: Sequence[Origin], rows: Sequence[Values], now: datetime) -> list[Made]:
    subscriptions = create_subscriptions(
        merchant=origins[0].merchant,
        new=[_new(values) for values in rows],
        horizon=settings.OPEN_ENDED_HORIZON,
        actor=origins[0].actor,
        now=now,
    )
    return [Made(subscription.pk, subscription.subscription_no) for subscription in subscriptions]


def _facts(rows: Sequence[Values], merchant: Merchant, now: datetime) -> Sequence[tuple[Promise, Decimal | date | int]]:
    """What has a total apart from what goes on, and when it all begins and ends."""
    totals: dict[str, Decimal] = dict.fromkeys(Type.values, ZERO)
    for values in rows:
        new = _new(values)
        totals[new.type] += new.total_amount or new.recurring_amount or ZERO
    today = merchant.local_date(now)
    schedules = [plan(_new(values), today=today, horizon=settings.OPEN_ENDED_HORIZON) for values in rows]
    ended = [dues for values, dues in zip(rows, schedules, strict=True) if values["type"] != Type.OPEN_ENDED]
    facts: list[tuple[Promise, Decimal | date | int]] = [
        (_TOTALS[Type(code)], amount) for code, amount in totals.items() if amount
    ]
    if passed := sum(dues[0].due_date < today for dues in schedules):
        facts.append((_("Begin in the past"), passed))
    if schedules:
        facts.append((_("First payment"), min(dues[0].due_date for dues in schedules)))
    return [*facts, *([(_("Last payment"), max(dues[-1].due_date for dues in ended))] if ended else [])]


def _identity(values: Values) -> tuple[object, ...]:
    """The same plan for the same person. Of a schedule its days and amounts count: neither names, order nor total."""
    who = (values["phone"], values["product"], values["type"])
    if values["type"] == Type.CUSTOM_SCHEDULE:
        return (*who, *sorted(f"{day} {amount}" for day, amount, _name in values["payments"]))
    return (*who, *(values.get(term) for term in ("total", "payment", "payment_day", "start_date")))


SUBSCRIPTIONS = ImportKind(
    code="SUBSCRIPTION",
    title=_("Subscriptions"),
    columns=(
        NAME,
        PHONE,
        Column(code="product", title=_("Product"), check=cells.name, is_required=True),
        Column(code="type", title=_("Type"), check=plan_type, is_required=True),
        Column(code="total", title=_("Total"), check=cells.amount),
        Column(code="payment", title=_("Each payment"), check=cells.amount),
        Column(code="payment_day", title=_("Payment day"), check=cells.day_of_month),
        Column(code="start_date", title=_("Starts on"), check=cells.day, is_day=True),
        Column(code="payments", title=_("Payments of a custom schedule"), check=payments),
        REFERENCE,
        EMAIL,
        DESCRIPTION,
        NOTES,
    ),
    make=_make,
    identity=_identity,
    series=("phone", "product"),
    amount="payment",
    made="subscriptions.subscription",
    facts=_facts,
    check_row=_check_row,
)
