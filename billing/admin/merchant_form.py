"""The form of a merchant: its logo comes in as a file, and its number for WhatsApp however people write numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from billing.admin.page_actions import explain
from billing.models import Merchant
from billing.phones import InvalidPhone, to_international
from billing.services.logos import MOST_UPLOADED, LogoRefused, draw_logo, remove_logo, set_logo

LOGO_FIELDS: Final = ("logo_file", "removes_logo")


class MerchantForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
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
        widgets: ClassVar[Any] = {"help_whatsapp": UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "dir": "ltr"})}

    def clean_help_whatsapp(self) -> str:
        text: str = self.cleaned_data["help_whatsapp"].strip()
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
