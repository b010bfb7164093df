"""
The form of a merchant and its sections.

Its logo comes in as a file, its number for WhatsApp however people write numbers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from billing.admin.merchants.time_zones import time_zone_choices
from billing.admin.page_actions import explain
from billing.admin.screens.shown_values import SettingsForm
from billing.models import Merchant
from billing.phones import InvalidPhone, to_international
from billing.services.logos import MOST_UPLOADED, LogoRefused, draw_logo, remove_logo, set_logo

# What lies beyond is a slip of the finger.
_MOST: Final = {
    "issue_days_ahead": 90,
    "link_valid_days": 365,
    "catch_up_after": 120,
    "messages_per_day": 1_000,
    "reminders_at_most": 60,
}


class MerchantForm(SettingsForm):
    logo_file = forms.FileField(
        label=_("New logo"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_("PNG, JPEG, WebP or GIF; it is made small. Best on a transparent or white ground."),
    )
    removes_logo = forms.BooleanField(label=_("Take the logo out"), required=False, widget=UnfoldBooleanWidget)

    class Meta:
        model = Merchant
        fields = "__all__"
        widgets: ClassVar[Any] = {
            name: UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "dir": "ltr"})
            for name in ("help_phone", "help_whatsapp")
        }
        # The column's own words, of refunds and lists alone, are part of a migration that has landed.
        help_texts: ClassVar[Any] = {
            "second_person_above": _(
                "Whatever gives back, uses up, waives or cancels more than this is approved by somebody else: refunds, "
                "overpayments used, less owed after a change, lists marked as paid. What one person does for one "
                "customer in a day is added up. 0 means each of them."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            typed = self.fields["time_zone"]
            self.fields["time_zone"] = forms.ChoiceField(
                label=typed.label,
                initial=typed.initial,
                choices=time_zone_choices,
                widget=UnfoldAdminSelectWidget(attrs={"dir": "ltr"}),
            )
        for name, most in _MOST.items():
            if name in self.fields:
                self.fields[name].validators.append(MaxValueValidator(most))
                self.fields[name].widget.attrs["max"] = most
        if "second_person_above" in self.fields:
            self.fields["second_person_above"].validators.append(MinValueValidator(0))

    def clean(self) -> Any:
        """Half of the quiet hours is refused where the other half is missing, and not somewhere on the page."""
        values = super().clean() or {}
        begin, end = values.get("quiet_from"), values.get("quiet_until")
        is_readable = not {"quiet_from", "quiet_until"} & set(self.errors)
        if is_readable and (begin or end) is not None and (begin is None or end is None or begin == end):
            self.add_error(
                "quiet_from" if begin is None else "quiet_until",
                gettext_now(
                    "Quiet hours need both a beginning and an end, and the two must differ. Leave both empty for none."
                ),
            )
        return values

    def clean_help_phone(self) -> str:
        return self._clean_phone("help_phone")

    def clean_help_whatsapp(self) -> str:
        return self._clean_phone("help_whatsapp")

    def _clean_phone(self, name: str) -> str:
        text: str = self.cleaned_data[name].strip()
        try:
            return to_international(text) if text else ""
        except InvalidPhone:
            raise forms.ValidationError(
                gettext_now("Enter a number in international form, such as +962777839071.")
            ) from None

    def clean_logo_file(self) -> bytes | None:
        """Its content, once it is known to be a picture."""
        file = self.cleaned_data["logo_file"]
        if file is None:
            return None
        content: bytes = file.read(MOST_UPLOADED + 1)
        try:
            draw_logo(content)
        except LogoRefused as refusal:
            raise forms.ValidationError(explain(refusal)) from None
        return content

    def save_logo(self, merchant: Merchant, *, actor: str, now: datetime) -> None:
        """After the merchant is saved; a new one wins over taking the old one out."""
        if content := self.cleaned_data.get("logo_file"):
            set_logo(merchant=merchant, content=content, actor=actor, now=now)
        elif self.cleaned_data.get("removes_logo"):
            remove_logo(merchant=merchant, actor=actor)
