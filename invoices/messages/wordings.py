"""The texts of the messages: ours in both languages, and a merchant's own in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext, gettext_noop, override

from invoices.models import MessageTemplate

Use = MessageTemplate.Use


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A template: `subject` of an e-mail, empty else."""

    subject: str = ""
    body: str


@dataclass(frozen=True, kw_only=True)
class Wordings:
    """A merchant's messages: `own` by use and language, ours for the rest."""

    own: Mapping[tuple[str, str], Wording] = field(default_factory=dict)

    def of(self, use: str, language: str) -> Wording:
        return self.own.get((use, language)) or our_wording(use, language)


_HELLO: Final = gettext_noop("Hello {name},")
_HELP: Final = gettext_noop("Questions? Call {help_phone}.")
_PAY_HERE: Final = gettext_noop("You can see it and pay here:")
_ASKING: Final = gettext_noop("{merchant} asks you to pay {amount} for {purpose}, {due}.")
_REMINDING: Final = gettext_noop("This is a reminder of {amount} for {purpose}, {due}.")
_PAID_ALREADY: Final = gettext_noop("If you have paid already, there is nothing more to do.")
_THANKS: Final = gettext_noop("We have received {amount} for {purpose}. Thank you.")
_RECEIPT_LINES: Final = (
    gettext_noop("Receipt: {receipt_no}"),
    gettext_noop("Paid on {paid_on} · {method}"),
    gettext_noop("Still owed: {remaining}"),
)
_SEE_HERE: Final = gettext_noop("You can always look it up here:")
_INVOICE: Final = (_HELLO, "", _ASKING, "", _PAY_HERE, "{link}", "", _HELP)
_REMINDER: Final = (_HELLO, "", _REMINDING, "", _PAY_HERE, "{link}", "", _PAID_ALREADY, _HELP)
_RECEIPT: Final = (_HELLO, "", _THANKS, "", *_RECEIPT_LINES, "", _SEE_HERE, "{link}", "", _HELP)
_SIGNED: Final = ("", "{merchant}")

_LINES: Final[Mapping[str, tuple[str, ...]]] = {
    Use.INVOICE_EMAIL: (*_INVOICE, *_SIGNED),
    Use.INVOICE_WHATSAPP: _INVOICE,
    Use.REMINDER_EMAIL: (*_REMINDER, *_SIGNED),
    Use.REMINDER_WHATSAPP: (*_REMINDER, *_SIGNED),
    Use.RECEIPT_EMAIL: (*_RECEIPT, *_SIGNED),
    Use.RECEIPT_WHATSAPP: (*_RECEIPT, *_SIGNED),
    Use.DESCRIPTION: ("{purpose}",),
}
_SUBJECTS: Final[Mapping[str, str]] = {
    Use.INVOICE_EMAIL: gettext_noop("Payment request from {merchant}"),
    Use.REMINDER_EMAIL: gettext_noop("Payment reminder from {merchant}"),
    Use.RECEIPT_EMAIL: gettext_noop("Receipt from {merchant}"),
}


@lru_cache
def our_wording(use: str, language: str) -> Wording:
    """What is sent where a merchant has written nothing."""
    with override(language):
        lines = [gettext(line) if line else "" for line in _LINES[use]]
        subject = _SUBJECTS.get(use, "")
        return Wording(subject=gettext(subject) if subject else "", body="\n".join(lines))
