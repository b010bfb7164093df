"""The form for using a surplus: for what, how much of it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from billing.admin.bills.cancelling import ReasonForm
from billing.admin.cells import day_text, money_text
from billing.admin.form_fields import AmountField
from billing.models import Bill
from billing.money import CURRENCY_DECIMALS
from invoices.models import Payment
from invoices.services.payables import Payable, title_of
from invoices.services.surplus import AskedForMeanwhile, rest_of
from subscriptions.models import Installment

_MOST_OFFERED: Final = 100


class CreditForm(ReasonForm):
    """`left` is what the person was shown: the same click twice uses it once."""

    target = forms.ChoiceField(label=_("Use it for"), widget=UnfoldAdminSelectWidget)
    amount = AmountField(label=_("Amount"))
    left = forms.DecimalField(widget=forms.HiddenInput)
    field_order = ("target", "amount", "reason")

    def __init__(self, data: Mapping[str, Any] | None, *, payment: Payment) -> None:
        self.surplus = rest_of(payment).surplus
        self.offered = {_code(payable): payable for payable in _open_payables(payment)}
        self.currency = payment.currency
        first = next(iter(self.offered.values()), None)
        amount = min(self.surplus, first.amount_due) if first else self.surplus
        places = Decimal(1).scaleb(-CURRENCY_DECIMALS[self.currency])
        super().__init__(data, initial={"amount": amount.quantize(places), "left": self.surplus})
        target, amount_field = self.fields["target"], self.fields["amount"]
        assert isinstance(target, forms.ChoiceField)
        assert isinstance(amount_field, AmountField)
        target.choices = [(code, _words(payable, self.currency)) for code, payable in self.offered.items()]
        target.help_text = "" if first else gettext_now("This customer owes nothing else in this currency.")
        amount_field.currency = self.currency
        shown = {"amount": money_text(self.surplus, self.currency)}
        amount_field.help_text = gettext_now("At most %(amount)s") % shown

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "left" in values and values["left"] != self.surplus:
            raise forms.ValidationError(gettext_now(AskedForMeanwhile.message))
        payable = self.offered.get(values.get("target", ""))
        if payable and values.get("amount", payable.amount_due) > payable.amount_due:
            shown = {"amount": money_text(payable.amount_due, self.currency)}
            self.add_error("amount", gettext_now("Still owed: %(amount)s") % shown)
        return {**values, "payable": payable}


def _open_payables(payment: Payment) -> list[Payable]:
    """What the same customer owes in the same currency, the oldest first."""
    whose = {"merchant_id": payment.merchant_id}
    bills = Bill.objects.filter(**whose, customer=payment.customer_id, currency=payment.currency)
    installments = Installment.objects.filter(
        **whose,
        subscription__customer=payment.customer_id,
        subscription__currency=payment.currency,
        status__in=(Installment.Status.SCHEDULED, Installment.Status.INVOICED),
    )
    pending = bills.filter(status=Bill.Status.PENDING).select_related("merchant")
    scheduled = installments.select_related("merchant", "subscription")
    found: list[Payable] = [
        *pending.order_by("due_date", "pk")[:_MOST_OFFERED],
        *scheduled.order_by("due_date", "pk")[:_MOST_OFFERED],
    ]
    return sorted(found, key=lambda payable: payable.due_date)[:_MOST_OFFERED]


def _code(payable: Payable) -> str:
    return f"{'bill' if isinstance(payable, Bill) else 'installment'}-{payable.pk}"


def _words(payable: Payable, currency: str) -> str:
    owed = money_text(payable.amount_due, currency)
    return " · ".join(f"\u2068{part}\u2069" for part in (payable, title_of(payable), day_text(payable.due_date), owed))
