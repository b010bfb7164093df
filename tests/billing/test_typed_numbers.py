"""Amounts as people type them: whatever can mean one thing only is read, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.typed_numbers import UnreadableAmount, read_amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("50", "50"),
        (" 50.250 ", "50.250"),
        ("٥٠٫٢٥", "50.25"),
        ("٥٠.٢٥", "50.25"),
        ("۵٫۵", "5.5"),
        ("1,200.500", "1200.500"),
        ("1,234,567", "1234567"),
        ("١٬٢٠٠", "1200"),
        ("١٬٢٠٠٫٥٠٠", "1200.500"),
        ("\u20671200.500\u2069", "1200.500"),
        ("0", "0"),
    ],
)
def test_what_can_mean_one_thing_only_is_read(typed: str, amount: str) -> None:
    assert read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-5",
        "+5",
        "1,200",
        "1,5",
        "12,34.5",
        "1,2345.6",
        "1.2.3",
        "1٬20",
        "5.",
        ".5",
        "1e5",
        "NaN",
        "²",
        "5 0",
        "5\x00",
    ],
)
def test_what_could_mean_two_things_or_none_is_not(typed: str) -> None:
    with pytest.raises(UnreadableAmount):
        read_amount(typed)
