"""The sections of a merchant's form, and the way to each."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

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


def contents_of(adminform: Any) -> list[tuple[str, str]]:
    """The form's sections, each with the address of the first thing in it that can be changed."""
    first = (
        (part.name, next((name for name in part.fields if name in adminform.form.fields), "")) for part in adminform
    )
    return [(title, f"#{adminform.form[name].id_for_label}") for title, name in first if title and name]
