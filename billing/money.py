"""
Amounts of money: Decimals with three decimals, stored as whole thousandths.

Pure: no Django, no settings.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

THOUSAND: Final = 1000
ZERO: Final = Decimal("0.000")
MAX_AMOUNT: Final = Decimal("999999999.999")
CURRENCY_DECIMALS: Final = {"JOD": 3, "KWD": 3, "BHD": 3, "OMR": 3, "SAR": 2, "AED": 2, "QAR": 2}


def in_currency(amount: Decimal, currency: str) -> Decimal:
    """With as many decimals as its currency has; as it is, where that would lose something."""
    shown = amount.quantize(Decimal(1).scaleb(-CURRENCY_DECIMALS[currency]))
    return shown if shown == amount else amount


class InvalidAmount(ValueError):
    """Not an amount that can be owed; `reason` says why and continues a sentence that names the amount."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def check_amount(value: Decimal, *, currency: str) -> Decimal:
    """
    The amount with three decimals, if it may be owed in this currency.

    :param value: any Decimal, hostile exponents included: its size is looked at before anything is computed
    :raises InvalidAmount: unless 0 < value <= 999999999.999 with no more decimals than the currency has
    :source: contract.md, step 9
    """
    decimals = CURRENCY_DECIMALS[currency]
    # What is too large for a Decimal's exponent was read as infinite.
    if value.is_nan() or value <= 0:
        raise InvalidAmount("must be greater than 0")
    if value.is_infinite() or value.adjusted() > MAX_AMOUNT.adjusted():
        raise InvalidAmount(f"must be at most {MAX_AMOUNT}")
    if has_more_decimals(value, decimals):
        raise InvalidAmount(f"must have at most {decimals} decimals in {currency}")
    return value.quantize(ZERO)


def has_more_decimals(value: Decimal, decimals: int) -> bool:
    """Whether the value, not its spelling, has more: 1.5000 has one."""
    digits = value.as_tuple()
    exponent = digits.exponent
    if not isinstance(exponent, int) or exponent >= -decimals:
        return not isinstance(exponent, int)
    surplus = -exponent - decimals
    return any(digits.digits[-surplus:]) or surplus > len(digits.digits)


def to_thousandths(value: Decimal | int) -> int:
    """:raises ValueError: if the value has a fraction of a thousandth, which would be lost"""
    thousandths = Decimal(value) * THOUSAND
    if thousandths != thousandths.to_integral_value():
        raise ValueError(f"{value} is not a whole number of thousandths")
    return int(thousandths)


def from_thousandths(thousandths: int | Decimal) -> Decimal:
    return Decimal(int(thousandths)).scaleb(-3)


def as_json_number(value: Decimal) -> int | float:
    """
    The number JSON shows: 150.5, 1200.

    The float is made last and only to be printed; at most twelve digits, so its shortest form is the amount exactly.
    """
    return int(value) if value == value.to_integral_value() else float(value)
