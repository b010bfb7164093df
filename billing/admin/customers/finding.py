"""The part of a form that says for whom it is: a customer who is found, of a merchant the person may act for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing.admin.merchant_names import name_choices
from billing.admin.roles import Right, merchants_where
from billing.importing import cells
from billing.models import Currency, Customer, Merchant

MOST_FOUND: Final = 8
FIND: Final = "preview"  # the button that looks for the customer; also what a script posts while somebody types
_MOBILES: Final = "+9627"  # nobody else can be billed (billing.phones)


class CustomerFindingForm(forms.Form):
    """Without a customer it is about a new one, of the merchant that is chosen."""

    merchant = forms.ModelChoiceField(
        label=_("Merchant"), required=False, queryset=Merchant.objects.none(), widget=UnfoldAdminSelectWidget
    )
    find = forms.CharField(
        label=_("Find a customer"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"dir": "auto", "autocomplete": "off", "autofocus": True}),
        help_text=_("By phone, name or national id. Or enter a new customer below."),
    )
    # The page draws the few that were found; a list of all of them would never end.
    customer = forms.ModelChoiceField(required=False, queryset=Customer.objects.none(), widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None, *, request: HttpRequest, right: Right, initial: Mapping[str, Any]
    ) -> None:
        self._request = request
        self._merchants = list(merchants_where(request, right).filter(is_active=True).order_by("username"))
        super().__init__(data, initial={"merchant": self.only_merchant, **initial})
        self._offer("merchant", Merchant.objects.filter(pk__in=[each.pk for each in self._merchants]))
        name_choices(self.fields["merchant"])
        self._offer("customer", self._customers(self._merchants))
        if self.only_merchant:
            self.fields["merchant"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        if values.get("customer"):
            values["merchant"] = values["customer"].merchant
        elif not values.get("merchant") and self.only_merchant:
            values["merchant"] = self.only_merchant
        elif "merchant" not in self.errors and not values.get("merchant"):
            self.require("merchant")
        return values

    @property
    def only_merchant(self) -> Merchant | None:
        return self._merchants[0] if len(self._merchants) == 1 else None

    def require(self, name: str) -> None:
        self.add_error(name, self.fields[name].error_messages["required"])

    @property
    def currency(self) -> str:
        """Of the merchant it is about, as far as that is known."""
        merchants = [self.chosen.merchant] if self.chosen else self._searched()
        return merchants[0].currency if len({each.currency for each in merchants}) == 1 else ""

    @cached_property
    def chosen(self) -> Customer | None:
        field = self.fields["customer"]
        try:
            chosen: Customer | None = field.clean(self["customer"].value())
        except forms.ValidationError:
            return None
        return chosen

    @property
    def _sought(self) -> str:
        return str(self["find"].value() or "").replace("\0", "").strip()

    @cached_property
    def carried(self) -> dict[str, str]:
        """What was looked for and not found is what a new customer's name or phone begins with."""
        name, phone = "", ""
        if self._sought and not self.found and self.chosen is None:
            options = cells.Options(currency=Currency.JOD, restores_zero=True)
            try:
                phone = cells.phone(self._sought, options)
            except cells.InvalidCell:
                name = self._sought if any(character.isalpha() for character in self._sought) else ""
        return {"customer_name": name, "customer_phone": phone}

    @cached_property
    def found(self) -> Sequence[Customer]:
        """Whoever is meant by what was typed, but for the one who is chosen."""
        text = self._sought
        if not text:
            return []
        screen, rows = admin.site.get_model_admin(Customer), self._customers(self._searched())
        found, _has_doubles = screen.get_search_results(self._request, rows, text)
        return [customer for customer in found.order_by("-id")[:MOST_FOUND] if customer != self.chosen]

    def _searched(self) -> Sequence[Merchant]:
        picked = str(getattr(self["merchant"].value(), "pk", self["merchant"].value()))
        return [each for each in self._merchants if str(each.pk) == picked] or self._merchants

    def _customers(self, merchants: Sequence[Merchant]) -> QuerySet[Customer]:
        rows = Customer.objects.current().filter(merchant__in=[each.pk for each in merchants], forgotten_at=None)
        return rows.filter(phone__startswith=_MOBILES).select_related("merchant")

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
