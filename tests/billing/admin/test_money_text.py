"""Amounts as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.money_text import format_money


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("150.500", "JOD", "JOD\u00a0150.500"),
        ("0.001", "KWD", "KWD\u00a00.001"),
        ("1200", "JOD", "JOD\u00a01,200.000"),
        ("999999999.999", "JOD", "JOD\u00a0999,999,999.999"),
        ("12.5", "SAR", "SAR\u00a012.50"),
    ],
)
def test_english_puts_the_code_first_and_shows_the_currencys_own_decimals(
    amount: str, currency: str, expected: str
) -> None:
    assert format_money(Decimal(amount), currency, "en") == expected


def test_arabic_has_latin_digits_a_decimal_point_and_is_isolated_from_its_neighbours() -> None:
    text = format_money(Decimal("1150.500"), "JOD", "ar")

    assert text == "\u2067\u200f1,150.500\u00a0د.أ.\u200f\u2069"


def test_a_regional_arabic_reads_the_same() -> None:
    assert format_money(Decimal("150.500"), "JOD", "ar-jo") == format_money(Decimal("150.500"), "JOD", "ar")
