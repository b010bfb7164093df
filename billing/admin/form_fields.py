"""Form fields that several screens share: amounts, days, times."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.money import CURRENCY_DECIMALS, InvalidAmount, check_amount
from billing.typed_numbers import UnreadableAmount, read_amount

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class TypedAmountField(forms.DecimalField):
    """An amount as people type it; in what currency is known to the form."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}
        super().__init__(max_digits=12, decimal_places=3, widget=UnfoldAdminTextInputWidget(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs say int
        if value in self.empty_values:
            return None
        try:
            return read_amount(str(value))
        except UnreadableAmount:
            raise forms.ValidationError(
                gettext_now("Write the amount in digits, with a point before the decimals: 1000.500")
            ) from None


class AmountField(TypedAmountField):
    """An amount of the given currency, with no more decimals than it has; zero only where nothing is an answer."""

    def __init__(self, *, currency: str = "JOD", may_be_zero: bool = False, **kwargs: Any) -> None:
        self.currency, self.may_be_zero = currency, may_be_zero
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Decimal | None:
        amount: Decimal | None = super().clean(value)
        if amount is None or (self.may_be_zero and amount == 0):
            return amount
        try:
            return check_amount(amount, currency=self.currency)
        except InvalidAmount:
            above = gettext_now("Enter an amount above zero with at most %(decimals)s decimals.")
            from_zero = gettext_now("Enter 0 or more, with at most %(decimals)s decimals.")
            told = from_zero if self.may_be_zero else above
            raise forms.ValidationError(told % {"decimals": CURRENCY_DECIMALS[self.currency]}) from None


class _DayInput(UnfoldAdminTextInputWidget):
    """The browser's own calendar: it needs no script and speaks the person's language."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value


class TimeInput(UnfoldAdminTextInputWidget):
    """The browser's own clock."""

    input_type = "time"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat("minutes") if isinstance(value, time) else value


class DayField(forms.DateField):
    """A day of this century."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat(), "dir": "ltr"}
        super().__init__(input_formats=["%Y-%m-%d"], widget=_DayInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(gettext_now("Enter a day between 2000 and 2100."))
        return day
