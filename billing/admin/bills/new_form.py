"""The form for a bill that staff make: for a customer who was found, or a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.making_once import MadeOnceForm
from billing.admin.customers.form import CustomerForm, long_words, words
from billing.admin.form_fields import DayField
from billing.admin.roles import Right
from billing.field_values import is_absent
from billing.importing import cells
from billing.models import Currency
from billing.services import NewBill

_NEEDED: Final = ("service_type", "amount")
_CHECKS: Final[Mapping[str, cells.Check]] = {
    "service_type": cells.name,
    "amount": cells.amount,
    "description": cells.long_text,
    "notes": cells.long_text,
}


class NewBillForm(MadeOnceForm, CustomerForm):
    service_type = forms.CharField(
        label=_("Service"), widget=words(), help_text=_("What it is for, as customers know it: Water bill.")
    )
    amount = forms.CharField(label=_("Amount"), widget=words(inputmode="decimal", dir="ltr"))
    due_date = DayField(label=_("Due date"))
    description = forms.CharField(
        label=_("Description"),
        required=False,
        widget=long_words(),
        help_text=_("Stands in the customer's message in place of the service."),
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, widget=long_words(), help_text=_("For the office. Customers never see them.")
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, request: HttpRequest, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, request=request, right=Right.ADD_BILLS, initial=initial or {})
        if self.currency:
            self.fields["amount"].label = f"{gettext_now('Amount')} ({Currency(self.currency).label})"

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        self.check_cells(values, _CHECKS, needed=_NEEDED)
        return values

    @property
    def new_bill(self) -> NewBill:
        values = self.cleaned_data
        stated = {name: values[name] for name in _CHECKS if not is_absent(values[name])}
        return NewBill(**self.stated_customer, **stated, due_date=values["due_date"], channel=values["channel"])
