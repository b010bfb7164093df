"""The form for a subscription that staff make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanWidget,
)

from billing.admin.acts.making_once import MadeOnceForm
from billing.admin.customers.form import CustomerForm, long_words, words
from billing.admin.form_fields import DayField, TypedAmountField
from billing.admin.roles import Right
from billing.importing import cells
from billing.money import CURRENCY_DECIMALS, InvalidAmount, check_amount
from subscriptions.admin.custom_payments import PaymentsField, read_payments
from subscriptions.admin.plan_forms import PaymentDayField
from subscriptions.admin.rehearsing import REHEARSED, RehearsedForm
from subscriptions.models import Subscription
from subscriptions.schedules import Interval
from subscriptions.services import NewSubscription

Type = Subscription.Type

_GROUPS: Final = (
    ("plan", _("What is owed"), ("product_name", "type", "total_amount", "amount", "custom_payments")),
    ("dates", _("When it is due"), ("interval", "payment_day", "start_date", "skip_first")),
    ("end", _("When it ends"), ("ends_after", "ends_on")),
    ("asking", _("How it is asked for"), ("channel", "auto_generate_invoices", "description", "notes")),
)
_CHECKS: Final[Mapping[str, cells.Check]] = {
    "product_name": cells.name,
    "description": cells.long_text,
    "notes": cells.long_text,
}
_SCHEDULE: Final = frozenset(name for _name, _title, names in _GROUPS[:3] for name in names if name != "product_name")


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields under one title; what the chosen type does not have is hidden by the style sheet."""

    name: str
    title: Promise | str
    fields: Sequence[forms.BoundField]


class NewSubscriptionForm(MadeOnceForm, RehearsedForm, CustomerForm):
    """Which fields count depends on the type, as their help says."""

    product_name = forms.CharField(label=_("Product"), widget=words())
    type = forms.TypedChoiceField(
        label=_("Type"),
        choices=Type.choices,
        coerce=Type,
        widget=UnfoldAdminSelectWidget,
        help_text=_(
            "Fixed: a total in equal payments. Open-ended: the same amount until it ends. Custom: listed one by one."
        ),
    )
    amount = TypedAmountField(label=_("Amount of each payment"), required=False)
    total_amount = TypedAmountField(label=_("Total"), required=False)
    custom_payments = PaymentsField(label=_("Custom payments"), required=False)
    interval = forms.TypedChoiceField(
        label=_("Interval"),
        choices=Subscription.Interval.choices,
        coerce=Interval,
        initial=Subscription.Interval.MONTHLY,
        widget=UnfoldAdminSelectWidget,
    )
    payment_day = PaymentDayField(label=_("Payment day"), none=_("Choose a day"))
    start_date = DayField(
        label=_("Starts on"),
        required=False,
        help_text=_("The first payment is due on the first payment day from then on. Empty: today."),
    )
    skip_first = forms.BooleanField(label=_("The first period is free"), required=False, widget=UnfoldBooleanWidget)
    ends_after = forms.IntegerField(
        label=_("Ends after"),
        required=False,
        min_value=1,
        max_value=32767,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("So many payments, counted from the first. Empty: no such end."),
    )
    ends_on = DayField(
        label=_("Ends on"),
        required=False,
        help_text=_("The last day a payment may fall on. Empty: no such end."),
    )

    auto_generate_invoices = forms.BooleanField(
        label=_("Invoices by itself"), required=False, initial=True, widget=UnfoldBooleanWidget
    )
    description = forms.CharField(label=_("Description"), required=False, widget=long_words())
    notes = forms.CharField(label=_("Notes"), required=False, widget=long_words())

    def __init__(
        self, data: Mapping[str, Any] | None, *, request: HttpRequest, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, request=request, right=Right.MANAGE_PLANS, initial=initial or {})

    @property
    def entries(self) -> dict[str, Any]:
        """What was posted, for a form that is not judged yet; the dates it was shown count no more."""
        return {name: self[name].value() for name in self.fields if name != REHEARSED}

    @property
    def groups(self) -> list[Group]:
        return [
            Group(name=name, title=title, fields=[self[field] for field in fields]) for name, title, fields in _GROUPS
        ]

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        self.check_cells(values, _CHECKS, needed=("product_name",))
        if values.get("merchant") and values.get("type"):
            self._check_amounts(values, CURRENCY_DECIMALS[values["merchant"].currency])
        return values

    @property
    def has_schedule(self) -> bool:
        """Whether its dates can be told, whoever it is for."""
        return self.is_bound and not ({"merchant", "__all__"} | _SCHEDULE) & set(self.errors)

    @property
    def new_subscription(self) -> NewSubscription:
        """Where only the schedule is right so far, of nobody and nothing."""
        values = self.cleaned_data
        stated: dict[str, Any] = {"customer_name": "", "customer_phone": "", "product_name": ""}
        if not self.errors:
            stated = {**self.stated_customer, **{name: values[name] for name in (*_CHECKS, "channel")}}
        return NewSubscription(
            type=values["type"],
            auto_generate_invoices=values["auto_generate_invoices"],
            **stated,
            **self._terms(values),
        )

    def _terms(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Only what the type has; the rest of the form is not looked at."""
        if values["type"] == Type.CUSTOM_SCHEDULE:
            payments = self.payments
            return {"custom_installments": payments, "total_amount": sum((each[1] for each in payments), Decimal(0))}
        is_weekly = values["interval"] is Interval.WEEKLY
        terms = {name: values[name] for name in ("interval", "start_date", "skip_first")}
        terms["payment_day"] = None if is_weekly else values["payment_day"]
        if values["type"] == Type.FIXED_MONTHLY:
            return {**terms, "total_amount": values["total_amount"], "monthly_payment": values["amount"]}
        ends = {name: values[name] for name in ("ends_after", "ends_on")}
        return {**terms, **ends, "recurring_amount": values["amount"]}

    def _check_amounts(self, values: dict[str, Any], decimals: int) -> None:
        if values["type"] == Type.CUSTOM_SCHEDULE:
            self._read_custom(values)
            return
        wanted = ["amount", "total_amount"] if values["type"] == Type.FIXED_MONTHLY else ["amount"]
        for name in wanted:
            if name not in self.errors:
                self._check_amount(name, values, decimals)
        if values["type"] == Type.FIXED_MONTHLY and not self.errors and values["amount"] > values["total_amount"]:
            self.add_error("amount", gettext_now("One payment is at most the total."))
        if values.get("interval") is not Interval.WEEKLY and not values.get("payment_day"):
            self.add_error("payment_day", gettext_now("Choose the day of the month on which it is to be paid."))

    def _check_amount(self, name: str, values: dict[str, Any], decimals: int) -> None:
        try:
            values[name] = check_amount(values.get(name) or Decimal(0), currency=values["merchant"].currency)
        except InvalidAmount:
            text = gettext_now("Enter an amount above zero with at most %(decimals)s decimals.")
            self.add_error(name, text % {"decimals": decimals})

    def _read_custom(self, values: Mapping[str, Any]) -> None:
        self.payments: tuple[tuple[date, Decimal, str], ...] = ()
        try:
            self.payments = read_payments(values.get("custom_payments", ""), currency=values["merchant"].currency)
        except forms.ValidationError as problems:
            self.add_error("custom_payments", problems)
