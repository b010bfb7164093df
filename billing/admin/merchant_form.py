"""
The form of a merchant and its sections.

Its logo comes in as a file, its number for WhatsApp however people write numbers.
"""

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
PLATFORM_FIELDS: Final = ("bills_per_hour", "subscriptions_per_hour", "is_active")
_QUIET_FIELDS: Final = ("quiet_from", "quiet_until", "weekend", "is_quiet_on_weekend")

FIELDSETS: Final[Any] = (
    (
        _("Names and help"),
        {
            "fields": ("username", "name_en", "name_ar", "help_phone", "help_whatsapp"),
            "description": _("What customers read in messages and on their pages, and whom they can call."),
        },
    ),
    (_("Logo"), {"fields": ("logo_shown", *LOGO_FIELDS)}),
    (
        _("Money, language and time"),
        {
            "fields": ("currency", "language", "time_zone"),
            "description": _("A day begins and ends as in this time zone: due dates, shifts and reports go by it."),
        },
    ),
    (
        _("Invoices"),
        {
            "fields": ("channel", "falls_back", "issue_days_ahead", "link_valid_days"),
            "description": _("How links to pay go out, where the customer or the document says nothing else."),
        },
    ),
    (
        _("When a subscription has missed periods"),
        {
            "fields": ("catch_up_after", "catch_up"),
            "description": _("After a pause or an outage: whether what was missed is asked for, and by whom."),
        },
    ),
    (
        _("Messages to customers"),
        {
            "fields": ("messages_per_day", "reminders_at_most", *_QUIET_FIELDS),
            "description": _(
                "In quiet hours and on a quiet weekend messages wait until they are over. "
                "Quiet hours may begin in the evening and end in the morning; leave both empty for none."
            ),
        },
    ),
    (
        _("What customers see"),
        {
            "fields": ("shows_hijri_date", "asks_phone_digits", "sends_receipts"),
            "description": _("On the pages where they pay, and what they get once they have paid."),
        },
    ),
    (
        _("Money that goes back"),
        {
            "fields": ("second_person_above",),
            "description": _(
                "Nobody alone gives much money back, uses much of an overpayment, lowers much of what is owed, or "
                "marks a long list as paid. An owner without colleagues does, and it stays visible."
            ),
        },
    ),
    (
        _("The API and its limits"),
        {
            "fields": ("api_address", *PLATFORM_FIELDS, "created"),
            "description": _("For the systems that post bills and subscriptions; their keys are below."),
        },
    ),
)


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
        widgets: ClassVar[Any] = {
            name: UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "dir": "ltr"})
            for name in ("help_phone", "help_whatsapp")
        }

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


def contents_of(adminform: Any) -> list[tuple[str, str]]:
    """The form's sections, each with the address of the first thing in it that can be changed."""
    first = (
        (part.name, next((name for name in part.fields if name in adminform.form.fields), "")) for part in adminform
    )
    return [(title, f"#{adminform.form[name].id_for_label}") for title, name in first if title and name]
