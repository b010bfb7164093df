"""What a report is asked for: merchant, currency and days, each with a sensible beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from billing.admin.form_fields import DayField
from billing.admin.page_actions import Text, explain
from billing.errors import DomainError
from billing.models import Currency, Merchant
from invoices.reports.catalogue import Days, Listing, last_month, this_month, twelve_months
from invoices.reports.spans import Span


class ReportForm(forms.Form):
    """`span` is there once the form is valid."""

    span: Span
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, widget=UnfoldAdminSelectWidget)

    def __init__(
        self,
        asked: Mapping[str, Any],
        *,
        listing: Listing,
        merchant: Merchant,
        merchants: Sequence[Merchant],
        today: date,
    ) -> None:
        self.merchant, self.today = merchant, today
        self.days = listing.days(today) if listing.days else (today, today)
        begun: dict[str, Any] = {"currency": merchant.currency}
        if listing.days:
            begun |= {"from": self.days[0].isoformat(), "to": self.days[1].isoformat()}
        if len(merchants) > 1:
            begun["merchant"] = str(merchant.pk)
        super().__init__(begun | {name: asked[name] for name in begun if name in asked})
        if listing.days:
            self.fields["from"] = DayField(label=_("From"))
            self.fields["to"] = DayField(label=_("Until"))
        if len(merchants) > 1:
            names = [(str(one.pk), one.username) for one in merchants]
            field = forms.ChoiceField(label=_("Merchant"), choices=names, widget=UnfoldAdminSelectWidget)
            self.fields = {"merchant": field, **self.fields}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        if self.errors:
            return values
        try:
            self.span = Span(
                merchant=self.merchant,
                currency=values["currency"],
                from_date=values.get("from", self.days[0]),
                to_date=values.get("to", self.days[1]),
                today=self.today,
            )
        except DomainError as refusal:
            raise forms.ValidationError(explain(refusal)) from None
        return values

    def query(self, **others: str) -> str:
        """The address's query that leads here again, but for what is given."""
        return "?" + urlencode({name: self.data[name] for name in self.fields} | others)

    def presets(self) -> list[tuple[Text, str, bool]]:
        """Days people often ask for: what they are called, the query, whether they are shown now."""
        if "from" not in self.fields:
            return []
        offered: list[tuple[Text, Days]] = [
            (_("Today"), (self.today, self.today)),
            (_("This month"), this_month(self.today)),
            (_("Last month"), last_month(self.today)),
            (_("Twelve months"), twelve_months(self.today)),
        ]
        shown = (self.data["from"], self.data["to"])
        texts = [(title, (first.isoformat(), last.isoformat())) for title, (first, last) in offered]
        return [
            (title, self.query(**{"from": first, "to": last}), (first, last) == shown) for title, (first, last) in texts
        ]
