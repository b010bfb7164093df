"""The form for a bill that staff make: for a customer who was found, or a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from billing.admin.customer_finding import CustomerFindingForm
from billing.admin.form_fields import DayField
from billing.admin.making_once import MadeOnceForm
from billing.admin.page_actions import explain
from billing.admin.roles import Right
from billing.errors import DomainError
from billing.field_values import is_absent
from billing.importing import cells
from billing.models import Channel, Currency
from billing.phones import to_local
from billing.services import NewBill, check_channel

_NEEDED: Final = ("service_type", "amount")
_NEW_CUSTOMER: Final = ("customer_name", "customer_phone")
_DETAILS: Final = ("customer_email", "customer_national_id", "customer_address")
# What is typed is read as a spreadsheet's cells are, and checked by the API's rules.
_CHECKS: Final[Mapping[str, cells.Check]] = {
    "customer_name": cells.name,
    "customer_phone": cells.phone,
    "customer_email": cells.email,
    "customer_national_id": cells.national_id,
    "customer_address": cells.address,
    "service_type": cells.name,
    "amount": cells.amount,
    "description": cells.long_text,
    "notes": cells.long_text,
}


def _words(**attrs: str) -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"dir": "auto", "autocomplete": "off", **attrs})


def _long() -> UnfoldAdminTextareaWidget:
    return UnfoldAdminTextareaWidget(attrs={"rows": 2, "dir": "auto"})


class NewBillForm(MadeOnceForm, CustomerFindingForm):
    customer_name = forms.CharField(label=_("Customer's name"), required=False, widget=_words())
    customer_phone = forms.CharField(
        label=_("Customer's phone"),
        required=False,
        widget=_words(inputmode="tel", dir="ltr"),
        help_text=_("07 and eight digits."),
    )
    customer_email = forms.CharField(
        label=_("Customer's e-mail"), required=False, widget=_words(inputmode="email", dir="ltr")
    )
    customer_national_id = forms.CharField(
        label=_("National id"), required=False, widget=_words(inputmode="numeric", dir="ltr")
    )
    customer_address = forms.CharField(label=_("Address"), required=False, widget=_words())
    service_type = forms.CharField(
        label=_("Service"), widget=_words(), help_text=_("What it is for, as customers know it: Water bill.")
    )
    amount = forms.CharField(label=_("Amount"), widget=_words(inputmode="decimal", dir="ltr"))
    due_date = DayField(label=_("Due date"))
    description = forms.CharField(
        label=_("Description"),
        required=False,
        widget=_long(),
        help_text=_("Stands in the customer's message in place of the service."),
    )
    channel = forms.ChoiceField(
        label=_("How it is sent"),
        required=False,
        choices=[
            ("", _("As usual for the customer")),
            *[choice for choice in Channel.choices if choice[0] != Channel.LINK],
            (Channel.LINK, _("Not by us: only the link is made")),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, widget=_long(), help_text=_("For the office. Customers never see them.")
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, request: HttpRequest, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, request=request, right=Right.ADD_BILLS, initial=initial or {})
        for name in _NEW_CUSTOMER:
            self.fields[name].required = self.chosen is None
        if self.currency:
            self.fields["amount"].label = f"{gettext_now('Amount')} ({Currency(self.currency).label})"

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        is_new = not values.get("customer")
        for name in (*_NEEDED, *(_NEW_CUSTOMER if is_new and "customer" not in self.errors else ())):
            if name not in self.errors and is_absent(values.get(name)):
                self.require(name)
        merchant = values.get("merchant")
        options = cells.Options(currency=merchant.currency if merchant else Currency.JOD, restores_zero=True)
        for name in _CHECKS:
            if is_new or not name.startswith("customer_"):
                self._check(name, values, options)
        self._check_channel(values)
        return values

    def _check(self, name: str, values: dict[str, Any], options: cells.Options) -> None:
        if name in self.errors or is_absent(values.get(name)):
            return
        try:
            values[name] = _CHECKS[name](values[name], options)
        except cells.InvalidCell as problem:
            said = gettext_now("Enter 07 and eight digits, such as 0777839071.")
            self.add_error(name, said if name == "customer_phone" else problem.message)

    def _check_channel(self, values: Mapping[str, Any]) -> None:
        known = values.get("customer")
        try:
            check_channel(values.get("channel", ""), email=known.email if known else values.get("customer_email", ""))
        except DomainError as refusal:
            self.add_error("channel", explain(refusal))

    @property
    def has_details(self) -> bool:
        """Whether something is entered, or wrong, in what is folded away."""
        return any(self[name].value() or self[name].errors for name in _DETAILS)

    @property
    def new_bill(self) -> NewBill:
        """Of a customer who was found nothing but the bill is stated."""
        values, known = self.cleaned_data, self.cleaned_data["customer"]
        stated = {name: values[name] for name in _CHECKS if not is_absent(values[name])}
        if known is not None:
            stated = {name: value for name, value in stated.items() if not name.startswith("customer_")}
            stated |= {"customer_name": known.name, "customer_phone": to_local(known.phone)}
        return NewBill(**stated, due_date=values["due_date"], channel=values["channel"])
