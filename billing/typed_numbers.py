"""
Digits and amounts as people type them, on Arabic keyboards too.

Pure: no Django, no settings.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

# Arabic-Indic and Persian digits, each as the one it means: `text.translate(DIGITS)`.
DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")

# Directions and spaces come along when an amount is copied from a page.
_AROUND: Final = "\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u00a0 \t\r\n"
_MINUS: Final = "-\u2212"
_AMOUNT: Final = re.compile(
    r"""
    [0-9]{1,15} (?: \.[0-9]{1,15} )?
    | [0-9]{1,3} (?: ٬[0-9]{3} )+ (?: \.[0-9]{1,15} )?
    | [0-9]{1,3} (?: ,[0-9]{3} )+ \.[0-9]{1,15}
    | [0-9]{1,3} (?: ,[0-9]{3} ){2,}
    """,
    re.ASCII | re.VERBOSE,
)


class UnreadableAmount(ValueError):
    """Not an amount, or one that could mean two."""


class NegativeAmount(UnreadableAmount):
    """Readable but for its sign."""


def read_amount(text: str) -> Decimal:
    """
    `1200.500`, `1,200.500`, `١٬٢٠٠٫٥٠٠`: as 1200.500.

    A single comma without a point is refused: `1,200` is twelve hundred to one and one dinar and two hundred fils to
    another. A sign is refused too: nobody owes less than nothing.

    :raises NegativeAmount: :raises UnreadableAmount:
    """
    stated = text.strip(_AROUND).translate(DIGITS).replace("٫", ".")
    if _AMOUNT.fullmatch(stated) is None:
        raise (NegativeAmount if _AMOUNT.fullmatch(stated[1:]) and stated[0] in _MINUS else UnreadableAmount)(text)
    return Decimal(stated.replace(",", "").replace("٬", ""))
