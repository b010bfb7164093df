"""The warnings of a rehearsal in words, those of one kind in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import day_text, money_text
from subscriptions.admin.outlook_words import outlook_words
from subscriptions.changes.plans import PlanWarning

_MOST_NAMED: Final = 3


def words_of(warnings: Sequence[PlanWarning], currency: str) -> list[str]:
    codes = dict.fromkeys(warning.code for warning in warnings)
    return [_sentence(code, [each.values for each in warnings if each.code == code], currency) for code in codes]


def _sentence(code: str, found: Sequence[Any], currency: str) -> str:
    first = found[0]
    if code == "PAST_DATE":
        days = _named([day_text(each) for each in first["dates"]])
        if first["outlook"] is not None:
            told = _("Has passed already: %(days)s.") % {"days": days}
            return " ".join([told, *outlook_words(first["outlook"], currency)])
        return _("Has passed already: %(days)s. The merchant's settings say what becomes of missed payments.") % {
            "days": days
        }
    if code == "WEEKEND":
        return _("Falls on the weekend: %(days)s.") % {"days": _named([day_text(each) for each in first["dates"]])}
    if code == "REMAINDER":
        return _("The last payment is %(last)s, the ones before it %(other)s.") % {
            "last": money_text(first["amount"], currency),
            "other": money_text(first["other"], currency),
        }
    if code == "SUM":
        return _("The customer owes %(after)s in all, where it was %(before)s.") % {
            name: money_text(first[name], currency) for name in ("before", "after")
        }
    if code == "WAIVED":
        return _("Of the time it was paused, %(amount)s is never asked for.") % {
            "amount": money_text(first["amount"], currency)
        }
    return _SPACING[code]() % {"days": _named([_pair(each["first"], each["second"]) for each in found])}


_SPACING: Final = {
    "SAME_DAY": lambda: _("Two payments on one day: %(days)s."),
    "TWO_IN_ONE_PERIOD": lambda: _("Two payments within one period: %(days)s."),
    "GAP": lambda: _("A period without a payment: %(days)s."),
}


def _pair(first: date, second: date) -> str:
    if first == second:
        return day_text(first)
    return _("%(first)s to %(second)s") % {"first": day_text(first), "second": day_text(second)}


def _named(parts: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    named = _(", ").join(parts[:_MOST_NAMED])
    more = len(parts) - _MOST_NAMED
    if more <= 0:
        return named
    return ngettext("%(named)s and %(count)s more", "%(named)s and %(count)s more", more) % {
        "named": named,
        "count": more,
    }
