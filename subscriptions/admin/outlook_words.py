"""What becomes of the payments that a plan has missed, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import money_text
from subscriptions.missed import INVOICES_A_DAY, Outlook, Part


def outlook_words(outlook: Outlook, currency: str) -> list[str]:
    if not outlook.is_by_itself:
        return [_("Nothing is asked for by itself: this subscription does not invoice.")]
    told = [asked_words(outlook.asked, currency)] if outlook.asked else []
    told += [waiting_words(outlook.waiting, currency)] if outlook.waiting else []
    told += [_braked_words(outlook.braked, currency)] if outlook.braked else []
    return [*told, *([_dropped_words(outlook.dropped, currency)] if outlook.dropped else [])]


def asked_words(part: Part, currency: str) -> str:
    told = ngettext(
        "%(count)s payment, %(sum)s, is asked for at once.",
        "%(count)s payments, %(sum)s, are asked for at once.",
        part.count,
    )
    return told % _values(part, currency)


def waiting_words(part: Part, currency: str) -> str:
    told = ngettext(
        "%(count)s payment, %(sum)s, waits for somebody to approve it.",
        "%(count)s payments, %(sum)s, wait for somebody to approve them.",
        part.count,
    )
    return told % _values(part, currency)


def _braked_words(part: Part, currency: str) -> str:
    told = ngettext(
        "%(count)s more, %(sum)s, waits for approval too: a subscription asks for at most %(most)s payments in a day.",
        "%(count)s more, %(sum)s, wait for approval too: a subscription asks for at most %(most)s payments in a day.",
        part.count,
    )
    return told % {**_values(part, currency), "most": INVOICES_A_DAY}


def _dropped_words(part: Part, currency: str) -> str:
    told = ngettext(
        "%(count)s payment, %(sum)s, is never asked for: only the latest is.",
        "%(count)s payments, %(sum)s, are never asked for: only the latest is.",
        part.count,
    )
    return told % _values(part, currency)


def _values(part: Part, currency: str) -> dict[str, object]:
    return {"count": part.count, "sum": money_text(part.amount, currency)}
