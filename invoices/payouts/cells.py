"""Cells of a gateway's statement: amounts of either sign, instants of which the day counts, and what a line is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.importing import cells
from billing.importing.cells import InvalidCell, Options
from billing.importing.choices import plain
from billing.money import CURRENCY_DECIMALS, MAX_AMOUNT, ZERO, has_more_decimals
from billing.typed_numbers import DIGITS
from invoices.models import GatewayStatementLine

Kind = GatewayStatementLine.Kind

_INVISIBLE: Final = dict.fromkeys((0x200E, 0x200F, 0x061C, 0xA0))
_SIGNS: Final = str.maketrans("٫−", ".-")
_IN_BRACKETS: Final = re.compile(r"\((.+)\)")
_AFTER: Final = re.compile(r"(.+)-")
# A comma alone could be the decimal sign; before a point, or as its own Arabic character, it cannot.
_IN_GROUPS: Final = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+", re.ASCII)
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_CLOCK: Final = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}.*", re.ASCII)

_CALLED: Final[Mapping[str, str]] = {
    Kind.PAYMENT: "payment|sale|purchase|charge|capture|paid|دفعة|دفع|شراء|بيع|سداد",
    Kind.REFUND: "refund|reversal|refunded|return|استرداد|مرتجع|إرجاع|رد",
    Kind.FEE: "fee|fees|commission|service fee|رسوم|رسم|عمولة",
    Kind.ADJUSTMENT: "adjustment|chargeback|correction|dispute|تسوية|تعديل|اعتراض",
}
_KINDS: Final = {plain(name): code for code, names in _CALLED.items() for name in names.split("|")}


def signed_amount(text: str, options: Options) -> Decimal:
    """Digits and a point, with a minus before or after it, or in brackets, where money goes the other way."""
    told = text.translate(DIGITS).translate(_INVISIBLE).translate(_SIGNS).replace("٬", "").replace(" ", "")
    told = _AFTER.sub(r"-\1", _IN_BRACKETS.sub(r"-\1", told))
    if _IN_GROUPS.fullmatch(told):
        told = told.replace(",", "")
    if _AMOUNT.fullmatch(told) is None:
        raise InvalidCell(_("Write the amount in digits, with a point before the decimals: 1000.500"))
    value, decimals = Decimal(told), CURRENCY_DECIMALS[options.currency]
    if abs(value) > MAX_AMOUNT or has_more_decimals(value, decimals):
        told = _("Enter at most 999999999.999, with at most %(decimals)s decimals.")
        raise InvalidCell(told % {"decimals": decimals})
    return value.quantize(ZERO)


def day_of_instant(text: str, options: Options) -> date:
    """Of `2027-12-31 23:59:07` the day, in the form that was chosen."""
    return cells.day(_CLOCK.sub("", text.translate(DIGITS)), options)


def line_kind(text: str, options: Options) -> str:
    try:
        return Kind(_KINDS[plain(text)]).value
    except KeyError:
        told = _("Write payment, refund, fee or adjustment, or leave this column out.")
        raise InvalidCell(told) from None


def own_currency(text: str, options: Options) -> str:
    if text.upper() != options.currency:
        told = _("Only lines in %(currency)s can be imported. Take the others out.")
        raise InvalidCell(told % {"currency": options.currency})
    return options.currency
