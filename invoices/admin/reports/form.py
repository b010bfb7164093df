"""What a report is asked for: merchant or customer, currency and days, each with a sensible beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from billing.admin.form_fields import DayField
from billing.admin.merchant_names import named
from billing.admin.page_actions import Text, explain
from billing.errors import DomainError
from billing.models import Currency, Customer, Merchant
from invoices.reports.catalogue import Listing, last_month, this_month, twelve_months
from invoices.reports.currencies import currencies_of
from invoices.reports.last_statement import last_statement
from invoices.reports.spans import Days, Span

_ORDER: Final = ("merchant", "customer", "currency", "from", "to")


class ReportForm(forms.Form):
    """
    `span` is there once the form is valid.

    :param customer: who a report of one customer is about: the merchant and the currency are theirs then
    """

    span: Span

    def __init__(
        self,
        asked: Mapping[str, Any],
        *,
        listing: Listing,
        merchant: Merchant,
        merchants: Sequence[Merchant],
        today: date,
        customer: Customer | None = None,
    ) -> None:
        self.merchant, self.today, self.customer = merchant, today, customer
        self.currencies = [] if listing.is_of_customer else currencies_of(merchant)
        asked_currency = asked.get("currency")
        known = asked_currency if asked_currency in self.currencies else None
        statement = last_statement(merchant, currency=known) if listing.of_statement else None
        self.days_of_statement = listing.of_statement(statement) if listing.of_statement and statement else None
        self.days = self.days_of_statement or (listing.days(today) if listing.days else (today, today))
        begun: dict[str, str] = {}
        if listing.is_of_customer:
            begun["customer"] = str(customer.pk) if customer else ""
        else:
            begun["currency"] = statement.currency if statement else merchant.currency
            begun |= {"merchant": str(merchant.pk)} if len(merchants) > 1 else {}
        if listing.days:
            begun |= {"from": self.days[0].isoformat(), "to": self.days[1].isoformat()}
        super().__init__(begun | {name: asked[name] for name in begun if name in asked})
        self.fields = {name: self._field(name, merchants) for name in _ORDER if name in begun}

    def _field(self, name: str, merchants: Sequence[Merchant]) -> forms.Field:
        if name == "customer":
            return forms.CharField(required=False, widget=forms.HiddenInput)
        if name == "merchant":
            names = [(str(one.pk), name) for one, name in named(merchants)]
            return forms.ChoiceField(label=_("Merchant"), choices=names, widget=UnfoldAdminSelectWidget)
        if name == "currency":
            offered = [(code, Currency(code).label) for code in self.currencies]
            return forms.ChoiceField(label=_("Currency"), choices=offered, widget=UnfoldAdminSelectWidget)
        return DayField(label=_("From") if name == "from" else _("Until"))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        if self.errors:
            return values
        try:
            self.span = Span(
                merchant=self.merchant,
                currency=values.get("currency", self.merchant.currency),
                from_date=values.get("from", self.days[0]),
                to_date=values.get("to", self.days[1]),
                today=self.today,
                customer=self.customer,
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
        of_statement: list[tuple[Text, Days]] = []
        if self.days_of_statement:
            of_statement = [(_("Last statement"), self.days_of_statement)]
        offered: list[tuple[Text, Days]] = [
            *of_statement,
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
