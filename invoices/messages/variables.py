"""What each kind of message may say: its variables, whether it has a subject and must hold the link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.models import MessageTemplate

Use = MessageTemplate.Use

LINK: Final = "link"

MEANINGS: Final[Mapping[str, Promise]] = {
    "name": _("the customer's name"),
    "merchant": _("your name, in the message's language"),
    "amount": _("the amount with its currency"),
    "purpose": _("what it is for: the bill, or the installment and its product"),
    "due_date": _("the due date"),
    "due": _("the due date in a phrase: “due on …” or “overdue since …”"),
    "number": _("the number of the invoice"),
    "paid_on": _("the day of the payment"),
    "method": _("how it was paid"),
    "receipt_no": _("the number of the receipt"),
    "remaining": _("what is still owed afterwards"),
    "link": _("the payment page; alone on its line"),
    "help_phone": _("your phone for help; without one its line is left out"),
}

_ASKING: Final = ("name", "merchant", "amount", "purpose", "due_date", "due", "number", "link", "help_phone")
_RECEIPT: Final = (
    *("name", "merchant", "amount", "purpose", "paid_on", "method", "receipt_no", "remaining"),
    *("link", "help_phone"),
)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """
    What a template of one kind has to keep to.

    :ivar longest: characters of the text as it is written, places included
    """

    names: tuple[str, ...]
    has_subject: bool = False
    needs_link: bool = True
    is_one_line: bool = False
    longest: int = 2000


RULES: Final[Mapping[str, Rules]] = {
    Use.INVOICE_EMAIL: Rules(names=_ASKING, has_subject=True),
    Use.INVOICE_WHATSAPP: Rules(names=_ASKING, longest=1000),
    Use.REMINDER_EMAIL: Rules(names=_ASKING, has_subject=True),
    Use.REMINDER_WHATSAPP: Rules(names=_ASKING, longest=1000),
    Use.RECEIPT_EMAIL: Rules(names=_RECEIPT, has_subject=True),
    Use.RECEIPT_WHATSAPP: Rules(names=_RECEIPT, longest=1000),
    # The gateway adds its own link, and ours too where the account says so.
    Use.DESCRIPTION: Rules(
        names=("name", "merchant", "amount", "purpose", "due_date", "number"),
        needs_link=False,
        is_one_line=True,
        longest=200,
    ),
}

LONGEST_SUBJECT: Final = 150
