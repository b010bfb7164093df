"""Subscriptions from a spreadsheet: fixed plans and open-ended ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.errors import DomainError
from billing.importing import cells
from billing.importing.bills import DESCRIPTION, NOTES, REFERENCE
from billing.importing.cells import InvalidCell, Options
from billing.importing.choices import plain
from billing.importing.customers import EMAIL, NAME, PHONE
from billing.importing.kinds import Column, ImportKind, Made, Values
from billing.models import Merchant
from subscriptions.models import Subscription
from subscriptions.services import NewSubscription, create_subscription, rehearse_new

Type = Subscription.Type

_CALLED: Final[Mapping[str, str]] = {
    Type.FIXED_MONTHLY: "fixed monthly|fixed|installments|أقساط|قسط|ثابت|شهري ثابت|أقساط ثابتة|أقساط شهرية ثابتة",
    Type.OPEN_ENDED: "open ended|open|recurring|مفتوح|مفتوحة|متكرر|اشتراك مفتوح|دون نهاية|بلا نهاية",
}
_TYPES: Final = {plain(name): code for code, names in _CALLED.items() for name in names.split("|")}


def _type(text: str, options: Options) -> str:
    try:
        return Type(_TYPES[plain(text)]).value
    except KeyError:
        raise InvalidCell(gettext_now("Write FIXED_MONTHLY or OPEN_ENDED.")) from None


def _new(values: Values) -> NewSubscription:
    is_fixed = values["type"] == Type.FIXED_MONTHLY
    return NewSubscription(
        type=Type(values["type"]),
        customer_name=values["name"],
        customer_phone=values["phone"],
        customer_email=values.get("email", ""),
        product_name=values["product"],
        description=values.get("description", ""),
        notes=values.get("notes", ""),
        total_amount=values["total"] if is_fixed else None,
        monthly_payment=values["payment"] if is_fixed else None,
        recurring_amount=None if is_fixed else values["payment"],
        payment_day=values["payment_day"],
        start_date=values.get("start_date"),
    )


def _check_row(values: Values, now: datetime, merchant: Merchant) -> Sequence[tuple[str, str]]:
    """What the API refuses between its fields, and a schedule that could not be made."""
    is_fixed = values["type"] == Type.FIXED_MONTHLY
    if is_fixed and "total" not in values:
        return [("total", gettext_now("A fixed plan needs its total. Fill it in."))]
    if not is_fixed and "total" in values:
        return [("total", gettext_now("An open-ended plan has no total. Leave it empty."))]
    if is_fixed and values["payment"] > values["total"]:
        return [("payment", gettext_now("The payment is more than the total."))]
    try:
        rehearse_new(merchant=merchant, new=_new(values), horizon=settings.OPEN_ENDED_HORIZON, now=now)
    except DomainError as refusal:
        return [("payment", gettext_now(refusal.message))]
    return []


def _make(merchant: Merchant, values: Values, actor: str, now: datetime) -> Made:
    subscription = create_subscription(
        merchant=merchant, new=_new(values), horizon=settings.OPEN_ENDED_HORIZON, actor=actor, now=now
    )
    return Made(subscription.pk, subscription.subscription_no)


def _identity(values: Values) -> tuple[object, ...]:
    """The merchant's own reference; without one, the same plan for the same person."""
    if "reference" in values:
        return ("reference", values["reference"])
    terms = ("type", "total", "payment", "payment_day", "start_date")
    return ("row", values["phone"], values["product"], *(values.get(term) for term in terms))


SUBSCRIPTIONS = ImportKind(
    code="SUBSCRIPTION",
    title=_("Subscriptions"),
    columns=(
        NAME,
        PHONE,
        Column(code="product", title=_("Product"), check=cells.name, is_required=True),
        Column(code="type", title=_("Type"), check=_type, is_required=True),
        Column(code="total", title=_("Total"), check=cells.amount),
        Column(code="payment", title=_("Each payment"), check=cells.amount, is_required=True),
        Column(code="payment_day", title=_("Payment day"), check=cells.day_of_month, is_required=True),
        Column(code="start_date", title=_("Starts on"), check=cells.day),
        REFERENCE,
        EMAIL,
        DESCRIPTION,
        NOTES,
    ),
    make=_make,
    identity=_identity,
    series=("phone", "product"),
    amount="payment",
    check_row=_check_row,
)
