"""
Texts of the packages we use that have no Arabic, or no good one, of their own.

Nothing imports this module: `makemessages` reads it, so that their translations stand in our catalogue.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop, ngettext

TEXTS = [
    gettext_noop("Run"),
    gettext_noop("After you've created a user, you’ll be able to edit more user options."),
    gettext_noop("Expand row"),
    gettext_noop("Welcome back to"),
    gettext_noop("Forgotten your password or username?"),
    gettext_noop("Type to search"),
    gettext_noop("You have been successfully logged out from the administration"),
    gettext_noop("No data"),
    gettext_noop("Add row"),
    gettext_noop("More actions"),
    gettext_noop("All applications"),
    gettext_noop("True"),
    gettext_noop("False"),
    gettext_noop("Apply Filters"),
    gettext_noop("Select all rows"),
    gettext_noop("Recent searches"),
    gettext_noop("No recent searches"),
    gettext_noop("Submit"),
    gettext_noop("Record picture"),
    gettext_noop("This item will be deleted."),
    gettext_noop("Click to cancel"),
    gettext_noop("Image preview"),
    gettext_noop("Click to download"),
    gettext_noop("Previous"),
    gettext_noop("Next"),
    gettext_noop("General"),
    gettext_noop("Light"),
    gettext_noop("Dark"),
    gettext_noop("System"),
    gettext_noop("Return to site"),
    gettext_noop("Choose file to upload"),
    gettext_noop("Toggle password visibility"),
    gettext_noop("Select record"),
    gettext_noop("Select value"),
    gettext_noop("Select action"),
    gettext_noop("Date"),
    gettext_noop("Select currency"),
    gettext_noop("Select action to run"),
    gettext_noop("Filters"),
    gettext_noop("Close"),
    gettext_noop("Log out"),
    gettext_noop("Change password"),
    gettext_noop("Log in"),
    gettext_noop("Save"),
    gettext_noop("Save and continue editing"),
    gettext_noop("Welcome"),
    gettext_noop("selected"),
    gettext_noop("History"),
    gettext_noop("Save and add another"),
    gettext_noop("first name"),
    gettext_noop("last name"),
    gettext_noop("email address"),
    gettext_noop("access attempt"),
    gettext_noop("access attempts"),
    # Rows that only the platform sees are named by Django, after their class.
    gettext_noop("number sequence"),
    gettext_noop("number sequences"),
    gettext_noop("idempotency key"),
    gettext_noop("idempotency keys"),
]


def count_results(count: int) -> str:
    return ngettext("%(counter)s result", "%(counter)s results", count)


def password_too_short(length: int) -> tuple[str, str]:
    """Django's own, of which its Arabic lacks the one and misspells the other."""
    return (
        ngettext(
            "This password is too short. It must contain at least %d character.",
            "This password is too short. It must contain at least %d characters.",
            length,
        ),
        ngettext(
            "Your password must contain at least %(min_length)d character.",
            "Your password must contain at least %(min_length)d characters.",
            length,
        ),
    )
