"""Form fields that several screens share: amounts, days, times."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.money import CURRENCY_DECIMALS, InvalidAmount, check_amount

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class AmountField(forms.DecimalField):
    """An amount of the given currency, with no more decimals than it has."""

    def __init__(self, *, currency: str = "JOD", **kwargs: Any) -> None:
        self.currency = currency
        attrs = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}
        widget = UnfoldAdminTextInputWidget(attrs=attrs)
        super().__init__(max_digits=12, decimal_places=3, widget=widget, **kwargs)

    def clean(self, value: Any) -> Decimal:
        amount: Decimal = super().clean(value)
        try:
            return check_amount(amount, currency=self.currency)
        except InvalidAmount:
            raise forms.ValidationError(
                gettext_now("Enter an amount above zero with at most %(decimals)s decimals.")
                % {"decimals": CURRENCY_DECIMALS[self.currency]}
            ) from None


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
