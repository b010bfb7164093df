"""The form for a new webhook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.admin.merchant_field import MerchantField
from billing.admin.page_actions import explain
from billing.admin.roles import Right, merchants_where
from billing.webhooks.endpoints import WebhookAddressRefused, check_address


class WebhookForm(forms.Form):
    merchant = MerchantField()
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=UnfoldAdminTextInputWidget(attrs={"dir": "ltr", "inputmode": "url", "placeholder": "https://"}),
        help_text=_("Where your system listens, such as https://shop.example/webhooks."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, request: HttpRequest) -> None:
        super().__init__(data)
        field = self.fields["merchant"]
        assert isinstance(field, MerchantField)
        field.offer(merchants_where(request, Right.MANAGE_WEBHOOKS))

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            check_address(url, allow_private=settings.GATEWAY_ALLOW_PRIVATE)
        except WebhookAddressRefused as refusal:
            raise forms.ValidationError(explain(refusal)) from None
        return url
