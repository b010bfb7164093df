"""The form for a new API key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from billing.admin.merchant_field import MerchantField
from billing.admin.roles import Right, merchants_where


class IssueForm(forms.Form):
    merchant = MerchantField()
    label = forms.CharField(
        label=_("Label"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Which system will use it, so that the right one is revoked later."),
    )
    expires_on = forms.DateField(
        label=_("Expires after"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=_("Its last day. Empty: it does not expire."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, request: HttpRequest) -> None:
        super().__init__(data)
        field = self.fields["merchant"]
        assert isinstance(field, MerchantField)
        field.offer(merchants_where(request, Right.MANAGE_API_KEYS))

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        merchant, last_day = values.get("merchant"), values.get("expires_on")
        if merchant and last_day and last_day < merchant.local_date(timezone.now()):
            self.add_error("expires_on", gettext_now("This day has passed already."))
        return values

    @property
    def expires_at(self) -> datetime | None:
        """The end of the last day where the merchant is."""
        last_day = self.cleaned_data["expires_on"]
        zone = ZoneInfo(self.cleaned_data["merchant"].time_zone)
        return datetime.combine(last_day, time.max, tzinfo=zone) if last_day else None
