"""Changing what a bill asks for, and noting what its customer has promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.admin.acts.amount_effect import effect_of_amount
from billing.admin.cells import day_text, money_text
from billing.admin.form_fields import AmountField, DayField
from billing.admin.page_actions import Doer, PageAction, Text, less_owed, who_approves_less
from billing.admin.roles import Right
from billing.models import Bill, Merchant
from billing.money import CURRENCY_DECIMALS, ZERO
from billing.money_text import currency_sign
from billing.services import LessThanPaid, change_bill, promise_bill
from billing.services.bill_changes import BillHasChanged


class ChangeForm(forms.Form):
    """`was` is what the bill asked for when the person was shown it: nobody agrees to change another amount."""

    was = forms.CharField(widget=forms.HiddenInput)
    amount = AmountField(label=_("Amount"))
    due_date = DayField(label=_("Due date"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Needed where the amount gets smaller. Stays in the timeline; the customer does not see it."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, bill: Bill) -> None:
        self.bill = bill
        places = Decimal(1).scaleb(-CURRENCY_DECIMALS[bill.currency])
        self.now = f"{bill.amount} {bill.due_date.isoformat()}"
        entries = {"amount": bill.amount.quantize(places), "due_date": bill.due_date, "was": self.now}
        super().__init__(data, initial=entries)
        field = self.fields["amount"]
        assert isinstance(field, AmountField)
        field.currency = bill.currency
        field.help_text = gettext_now("The whole of it, in %(currency)s. Paid so far: %(paid)s") % {
            "currency": currency_sign(bill.currency, get_language() or "en"),
            "paid": money_text(bill.amount_paid, bill.currency),
        }
        self.fields["due_date"].help_text = gettext_now("Now: %(day)s") % {"day": day_text(bill.due_date)}

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount < self.bill.amount_paid:
            raise forms.ValidationError(gettext_now(LessThanPaid.message))
        return amount

    def clean(self) -> None:
        if self.cleaned_data.get("was", self.now) != self.now:
            raise forms.ValidationError(gettext_now(BillHasChanged.message))
        amount = self.cleaned_data.get("amount")
        if amount is not None and amount < self.bill.amount and not self.cleaned_data.get("reason"):
            self.add_error("reason", gettext_now("Say why less is owed than before."))


class ChangeBill(PageAction):
    name = "change-terms"
    title = _("Change amount or date")
    right = Right.CHANGE_BILLS
    icon = "edit"
    confirm = _("Change this bill")
    is_rare = True

    def is_offered(self, row: Bill) -> bool:
        return row.status == Bill.Status.PENDING

    def consequences(self, row: Bill) -> Sequence[Text]:
        return [
            _("The payment page shows the new amount at once."),
            _("A link that is out already is cancelled at the gateway first; then the customer gets a new one."),
            _("If the customer pays the old link in that moment, the money counts for this bill."),
            who_approves_less(row.merchant),
        ]

    def form(self, row: Bill, data: Mapping[str, Any] | None) -> forms.Form:
        return ChangeForm(data, bill=row)

    def decides_for(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        return rows.values("customer")

    def to_be_approved(self, merchant: Merchant, rows: QuerySet[Any], values: Mapping[str, Any], doer: Doer) -> str:
        lowered = rows.filter(status=Bill.Status.PENDING, amount__gt=values["amount"]).order_by()
        less = less_owed(merchant, _lowered_by(lowered, values["amount"]), lowered.values("customer"), doer)
        shown = {"amount": money_text(values["amount"], merchant.currency)}
        return f"{gettext_now('New amount: %(amount)s') % shown} · {less}" if less else ""

    def run(self, row: Bill, *, values: Mapping[str, Any], doer: Doer) -> str:
        changed = change_bill(
            merchant_id=row.merchant_id,
            bill_id=row.pk,
            amount=values["amount"],
            due_date=values["due_date"],
            reason=values["reason"],
            actor=doer.actor,
            now=doer.now,
            seen=row,
            is_alone=doer.is_alone,
        )
        shown = {"number": changed.billing_no, "amount": money_text(changed.amount, changed.currency)}
        shown["day"] = day_text(changed.due_date)
        return gettext_now("Bill %(number)s is now over %(amount)s, due %(day)s.") % shown


class NewAmountForm(forms.Form):
    amount = AmountField(label=_("New amount"), help_text=_("Of each bill as a whole."))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Stays in the timeline. The customer does not see it."),
    )


class ChangeAmount(PageAction):
    """One amount for all the list shows; their due dates stay."""

    name = "amount"
    title = _("Change amount")
    right = Right.CHANGE_BILLS
    icon = "edit"
    confirm = _("Change these bills")
    in_bulk = True
    only_in_bulk = True
    tells_effect = True

    def is_offered(self, row: Bill) -> bool:
        return row.status == Bill.Status.PENDING

    def consequences(self, row: Bill) -> Sequence[Text]:
        return ChangeBill().consequences(row)

    def decides_for(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        return rows.values("customer")

    def to_be_approved(self, merchant: Merchant, rows: QuerySet[Any], values: Mapping[str, Any], doer: Doer) -> str:
        return ChangeBill().to_be_approved(merchant, rows, values, doer)

    def effect(self, rows: QuerySet[Any], values: Mapping[str, Any]) -> list[str]:
        return effect_of_amount(rows, values["amount"])

    def confirmed(self, row: Bill) -> dict[str, str]:
        return {"amount": str(row.amount)}

    def form(self, row: Bill | None, data: Mapping[str, Any] | None) -> forms.Form:
        return NewAmountForm(data)

    def run(self, row: Bill, *, values: Mapping[str, Any], doer: Doer) -> str:
        return ChangeBill().run(row, values={**values, "due_date": row.due_date}, doer=doer)


def _lowered_by(lowered: QuerySet[Any], amount: Decimal) -> Decimal:
    """How much less these ask for with it, all of which ask for more."""
    found = lowered.aggregate(count=Count("pk"), sum=Sum("amount"))
    less: Decimal = (found["sum"] or ZERO) - found["count"] * amount
    return less


class PromiseForm(forms.Form):
    until = DayField(
        label=_("Promised by"), required=False, help_text=_("The last day of the promise. Empty: no promise any more.")
    )

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until is not None and until < timezone.localdate():
            raise forms.ValidationError(gettext_now("This day has passed. Enter today or a later day."))
        return until


class PromiseBill(PageAction):
    name = "promise"
    title = _("Note a promise")
    right = Right.SEND
    icon = "handshake"
    confirm = _("Note it")
    is_rare = True

    def is_offered(self, row: Bill) -> bool:
        return row.status == Bill.Status.PENDING

    def consequences(self, row: Bill) -> Sequence[Text]:
        return [
            _("The customer has promised to pay by a day: no reminder goes out until it has passed."),
            _("The due date and the payment link stay as they are."),
        ]

    def form(self, row: Bill, data: Mapping[str, Any] | None) -> forms.Form:
        return PromiseForm(data, initial={"until": row.promised_until})

    def run(self, row: Bill, *, values: Mapping[str, Any], doer: Doer) -> str:
        until = values["until"]
        promise_bill(merchant_id=row.merchant_id, bill_id=row.pk, until=until, actor=doer.actor, now=doer.now)
        if until is None:
            return gettext_now("Bill %(number)s: no promise any more.") % {"number": row.billing_no}
        shown = {"number": row.billing_no, "day": day_text(until)}
        return gettext_now("Bill %(number)s: no reminder until %(day)s has passed.") % shown
