"""Who is asked, and how: the part that the forms of a new bill and of a new subscription have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from billing.admin.customers.finding import CustomerFindingForm
from billing.admin.customers.known import known_customer
from billing.admin.page_actions import explain
from billing.admin.roles import Right
from billing.errors import DomainError
from billing.field_values import is_absent
from billing.importing import cells
from billing.models import Channel, Currency
from billing.phones import to_local
from billing.services import check_channel

_NEEDED: Final = ("customer_name", "customer_phone")
_DETAILS: Final = ("customer_email", "customer_national_id", "customer_address")
# What is typed is read as a spreadsheet's cells are, and checked by the API's rules.
_CHECKS: Final[Mapping[str, cells.Check]] = {
    "customer_name": cells.name,
    "customer_phone": cells.phone,
    "customer_email": cells.email,
    "customer_national_id": cells.national_id,
    "customer_address": cells.address,
}


def words(**attrs: str) -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"dir": "auto", "autocomplete": "off", **attrs})


def long_words() -> UnfoldAdminTextareaWidget:
    return UnfoldAdminTextareaWidget(attrs={"rows": 2, "dir": "auto"})


class CustomerForm(CustomerFindingForm):
    customer_name = forms.CharField(label=_("Customer's name"), required=False, widget=words())
    customer_phone = forms.CharField(
        label=_("Customer's phone"),
        required=False,
        widget=words(inputmode="tel", dir="ltr"),
        help_text=_("07 and eight digits."),
    )
    customer_email = forms.CharField(
        label=_("Customer's e-mail"), required=False, widget=words(inputmode="email", dir="ltr")
    )
    customer_national_id = forms.CharField(
        label=_("National id"), required=False, widget=words(inputmode="numeric", dir="ltr")
    )
    customer_address = forms.CharField(label=_("Address"), required=False, widget=words())
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

    def __init__(
        self, data: Mapping[str, Any] | None, *, request: HttpRequest, right: Right, initial: Mapping[str, Any]
    ) -> None:
        super().__init__(data, request=request, right=right, initial=initial)
        for name in _NEEDED:
            self.fields[name].required = self.chosen is None
        if data is None:
            begun = {name: text for name, text in self.carried.items() if text and not self.initial.get(name)}
            self.initial = {**self.initial, **begun}

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        if not values.get("customer"):
            self.check_cells(values, _CHECKS, needed=_NEEDED if "customer" not in self.errors else ())
        self._check_channel(values)
        return values

    def check_cells(
        self, values: dict[str, Any], checks: Mapping[str, cells.Check], *, needed: Iterable[str] = ()
    ) -> None:
        """Each value in its one form; what is wrong is said at its field."""
        merchant = values.get("merchant")
        options = cells.Options(currency=merchant.currency if merchant else Currency.JOD, restores_zero=True)
        for name, check in checks.items():
            if name in self.errors:
                continue
            if is_absent(values.get(name)):
                if name in needed:
                    self.require(name)
                continue
            try:
                values[name] = check(values[name], options)
            except cells.InvalidCell as problem:
                said = gettext_now("Enter 07 and eight digits, such as 0777839071.")
                self.add_error(name, said if name == "customer_phone" else problem.message)

    def _check_channel(self, values: Mapping[str, Any]) -> None:
        try:
            check_channel(values.get("channel", ""), email=self._email(values))
        except DomainError as refusal:
            self.add_error("channel", explain(refusal))

    def _email(self, values: Mapping[str, Any]) -> str:
        """The one that is typed for somebody new, or known of the customer of this phone."""
        known = values.get("customer")
        typed = "" if known else values.get("customer_email", "")
        merchant, phone = values.get("merchant"), values.get("customer_phone")
        if known is None and not typed and merchant and phone and "customer_phone" not in self.errors:
            known = known_customer(merchant, phone)
        return typed or (known.email if known else "")

    @property
    def has_details(self) -> bool:
        """Whether something is entered, or wrong, in what is folded away."""
        return any(self[name].value() or self[name].errors for name in _DETAILS)

    @property
    def stated_customer(self) -> dict[str, Any]:
        """As services take it. Of a customer who was found nothing is stated anew."""
        values, known = self.cleaned_data, self.cleaned_data["customer"]
        if known is not None:
            return {"customer_name": known.name, "customer_phone": to_local(known.phone)}
        return {name: values[name] for name in _CHECKS if not is_absent(values[name])}
