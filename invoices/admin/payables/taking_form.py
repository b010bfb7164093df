"""The form for money that staff take."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing.admin.cells import money_text
from billing.admin.form_fields import AmountField
from billing.models import Bill
from billing.money import CURRENCY_DECIMALS
from invoices.models import Payment
from invoices.services.payables import Payable

BY_HAND = [(method.value, method.label) for method in (Payment.Method.CASH, Payment.Method.TRANSFER)]


class TakingForm(forms.Form):
    """
    Cash or a transfer for one bill or installment; the amount is what is owed unless somebody says otherwise.

    `owed` is what the person was shown: if it has changed since, somebody else has taken money meanwhile, or this is
    the same click twice.
    """

    method = forms.ChoiceField(label=_("Method"), choices=BY_HAND, widget=UnfoldAdminSelectWidget)
    amount = AmountField(label=_("Amount"))
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("A receipt or transfer number, for example."),
    )
    owed = forms.DecimalField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, payable: Payable) -> None:
        self.payable = payable
        self.currency = currency_of(payable)
        due = payable.amount_due
        places = Decimal(1).scaleb(-CURRENCY_DECIMALS[self.currency])
        super().__init__(data, initial={"amount": due.quantize(places), "owed": due, "method": Payment.Method.CASH})
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency = self.currency
        field.help_text = gettext_now("Still owed: %(amount)s") % {"amount": money_text(due, self.currency)}

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount > self.payable.amount_due:
            raise forms.ValidationError(gettext_now("This is more than is still owed. Take at most what is owed."))
        return amount

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        if "owed" in values and values["owed"] != self.payable.amount_due:
            raise forms.ValidationError(
                gettext_now(
                    "What is owed has changed since this page was opened: a payment came in meanwhile. "
                    "Go back and look before you record another."
                )
            )
        return values


def currency_of(payable: Payable) -> str:
    return payable.currency if isinstance(payable, Bill) else payable.subscription.currency
