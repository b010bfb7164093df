"""The forms of what is changed about a plan, beginning with what it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from billing.admin.cells import day_text, money_text
from billing.admin.form_fields import AmountField, DayField
from billing.clock import database_now
from billing.money import CURRENCY_DECIMALS, ZERO
from subscriptions import schedules
from subscriptions.admin.plan_words import LAST_DAY
from subscriptions.admin.rehearsing import RehearsedForm
from subscriptions.changes import Line, Plan
from subscriptions.models import Subscription
from subscriptions.schedules import Interval
from subscriptions.services.changing import plan_of


class InstallmentField(forms.TypedChoiceField):
    """One of a plan's installments, by number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, widget=UnfoldAdminSelectWidget, **kwargs)

    def offer(self, lines: Sequence[Line], currency: str) -> None:
        self.choices = [(line.sequence, _line_words(line, currency)) for line in lines]


class PaymentDayField(forms.TypedChoiceField):
    """1 to 31, the last being the last of the month; a weekly plan has none."""

    def __init__(self, *, none: Promise, **kwargs: Any) -> None:
        choices = [("", none), *((day, str(day)) for day in range(1, LAST_DAY))]
        choices.append((LAST_DAY, _("Last day of the month")))
        super().__init__(
            coerce=int,
            choices=choices,
            empty_value=None,
            widget=UnfoldAdminSelectWidget,
            required=False,
            help_text=_("29 and 30 fall on the last day of shorter months."),
            **kwargs,
        )


class ReasonedForm(RehearsedForm):
    """What may lower what is owed; whether it does is known once it is rehearsed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Needed where less is owed afterwards. Stays in the timeline; the customer does not see it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "reason"])


class ResumeForm(ReasonedForm):
    dates = forms.ChoiceField(
        label=_("Dates"),
        choices=[
            ("keep", _("Keep the dates; what fell due meanwhile is caught up")),
            ("shift", _("Move what is left by the pause; nothing fell due meanwhile")),
        ],
        initial="keep",
        widget=UnfoldAdminRadioSelectWidget,
    )


class SkipForm(ReasonedForm):
    sequence = InstallmentField(label=_("Installment"))

    def __init__(self, data: Mapping[str, Any] | None, *, row: Subscription) -> None:
        super().__init__(data)
        _offer(self, "sequence", current_plan(row).open_lines, row)


class MoveForm(RehearsedForm):
    sequence = InstallmentField(label=_("Installment"))
    due_date = DayField(label=_("New due date"))

    def __init__(self, data: Mapping[str, Any] | None, *, row: Subscription) -> None:
        super().__init__(data)
        _offer(self, "sequence", current_plan(row).open_lines, row)


class TermsForm(ReasonedForm):
    from_sequence = InstallmentField(label=_("From installment"))
    amount = AmountField(label=_("Amount of each payment"))
    payment_day = PaymentDayField(label=_("Payment day"), none=_("The weekday stays (weekly plans)"))
    interval = forms.TypedChoiceField(
        label=_("Interval"), choices=Subscription.Interval.choices, coerce=Interval, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, data: Mapping[str, Any] | None, *, row: Subscription) -> None:
        plan = current_plan(row)
        super().__init__(data, initial=_terms_now(plan, row))
        _offer(self, "from_sequence", plan.changeable_lines, row)
        amount = self.fields["amount"]
        assert isinstance(amount, AmountField)
        amount.currency = row.currency


class SpreadForm(RehearsedForm):
    more = forms.IntegerField(
        label=_("More payments"),
        min_value=1,
        max_value=schedules.MAX_INSTALLMENTS,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("What was not invoiced yet is divided over so many payments more, each the smaller for it."),
    )


class EndForm(ReasonedForm):
    ends_after = forms.IntegerField(
        label=_("Ends after"),
        required=False,
        min_value=1,
        max_value=32767,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("So many payments, counted from the first. Empty: no such end."),
    )
    ends_on = DayField(
        label=_("Ends on"), required=False, help_text=_("The last day a payment may fall on. Empty: no such end.")
    )

    def __init__(self, data: Mapping[str, Any] | None, *, row: Subscription) -> None:
        super().__init__(data, initial={"ends_after": row.ends_after, "ends_on": row.ends_on})


class SettleForm(ReasonedForm):
    def __init__(self, data: Mapping[str, Any] | None, *, row: Subscription) -> None:
        super().__init__(data)
        self.fields["discount"] = AmountField(
            label=_("Discount"), required=False, currency=row.currency, may_be_zero=True, help_text=self._help(row)
        )
        self.order_fields(["discount"])

    def _help(self, row: Subscription) -> str:
        left = sum((line.amount for line in current_plan(row).open_lines), ZERO)
        return gettext_now("Left without a discount: %(amount)s. Empty: none.") % {
            "amount": money_text(left, row.currency)
        }

    def clean_discount(self) -> Decimal:
        return self.cleaned_data["discount"] or ZERO


def current_plan(row: Subscription) -> Plan:
    installments = row.installments.order_by("sequence")
    return plan_of(row, installments, horizon=settings.OPEN_ENDED_HORIZON, now=database_now())


def _terms_now(plan: Plan, row: Subscription) -> dict[str, Any]:
    """What holds for the first installment that can still be changed."""
    lines = plan.changeable_lines
    if not lines or not plan.rules:
        return {}
    rule = schedules.rule_at(plan.rules, lines[0].sequence)
    places = Decimal(1).scaleb(-CURRENCY_DECIMALS[row.currency])
    return {
        "from_sequence": lines[0].sequence,
        "amount": rule.amount.quantize(places),
        "payment_day": rule.payment_day,
        "interval": rule.interval.value,
    }


def _offer(form: forms.Form, name: str, lines: Sequence[Line], row: Subscription) -> None:
    field = form.fields[name]
    assert isinstance(field, InstallmentField)
    field.offer(lines, row.currency)


def _line_words(line: Line, currency: str) -> str:
    return f"{line.sequence} · {day_text(line.due_date)} · {money_text(line.amount, currency)}"
