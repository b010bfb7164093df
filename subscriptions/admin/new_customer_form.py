"""Who is asked, and how: the part of a new subscription that is the same for every plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from billing import field_values
from billing.admin.page_actions import explain
from billing.admin.roles import Right, merchants_where
from billing.errors import DomainError
from billing.models import Channel, Merchant
from billing.phones import InvalidPhone, to_e164
from billing.services import check_channel
from subscriptions.admin.rehearsing import RehearsedForm


class NewCustomerForm(RehearsedForm):
    merchant = forms.ModelChoiceField(
        label=_("Merchant"), queryset=Merchant.objects.none(), widget=UnfoldAdminSelectWidget
    )
    customer_name = forms.CharField(label=_("Customer's name"), max_length=200, widget=UnfoldAdminTextInputWidget)
    customer_phone = forms.CharField(
        label=_("Customer's phone"),
        max_length=10,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "dir": "ltr"}),
        help_text=_("07 and eight digits."),
    )
    customer_email = forms.CharField(
        label=_("Customer's e-mail"),
        required=False,
        max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "email", "dir": "ltr"}),
    )
    product_name = forms.CharField(label=_("Product"), max_length=200, widget=UnfoldAdminTextInputWidget)
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[("", _("The customer's, or the merchant's")), *Channel.choices],
        widget=UnfoldAdminSelectWidget,
    )
    auto_generate_invoices = forms.BooleanField(
        label=_("Invoices by itself"), required=False, initial=True, widget=UnfoldBooleanWidget
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )

    def __init__(self, data: Mapping[str, Any] | None, *, request: HttpRequest) -> None:
        mine = merchants_where(request, Right.MANAGE_PLANS).filter(is_active=True)
        only = mine[:2]
        super().__init__(data, initial={"merchant": only[0] if len(only) == 1 else None})
        field = self.fields["merchant"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = mine

    def clean_customer_phone(self) -> str:
        phone: str = self.cleaned_data["customer_phone"]
        try:
            to_e164(phone)
        except InvalidPhone:
            raise forms.ValidationError(gettext_now("Enter 07 and eight digits, such as 0777839071.")) from None
        return phone

    def clean_customer_name(self) -> str:
        return self._text("customer_name", field_values.name)

    def clean_product_name(self) -> str:
        return self._text("product_name", field_values.name)

    def clean_description(self) -> str:
        return self._text("description", field_values.long_text)

    def clean_notes(self) -> str:
        return self._text("notes", field_values.long_text)

    def clean_customer_email(self) -> str:
        return self._text("customer_email", field_values.email) if self.cleaned_data["customer_email"] else ""

    def _text(self, name: str, check: Callable[[Any], str]) -> str:
        field = self.fields[name]
        if field.required and field_values.is_absent(self.cleaned_data[name]):
            raise forms.ValidationError(field.error_messages["required"])
        try:
            return check(self.cleaned_data[name])
        except field_values.InvalidValue:
            raise forms.ValidationError(gettext_now("Enter plain text without control characters.")) from None

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        try:
            check_channel(values.get("channel", ""), email=values.get("customer_email", ""))
        except DomainError as refusal:
            self.add_error("channel", explain(refusal))
        return values
