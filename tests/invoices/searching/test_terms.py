"""What a typed text may mean."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.search.spelling import spell
from invoices.searching.terms import LONGEST, read_term


@pytest.mark.parametrize("text", ["0777839071", "+962 777 839 071", "٠٧٧٧٨٣٩٠٧١", "00962777839071"])
def test_a_phone_in_any_shape(text: str) -> None:
    assert read_term(text).phone == "777839071"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("150.5", "150.5"),
        ("1,150.500", "1150.5"),
        ("١٥٠٫٥٠٠", "150.5"),
        ("150", "150"),
        ("1,50", None),
        ("150.5000", None),
    ],
)
def test_an_amount(text: str, amount: str | None) -> None:
    assert read_term(text).amount == (None if amount is None else Decimal(amount))


def test_a_number_in_the_letter_cases_numbers_come_in() -> None:
    assert set(read_term(" bill-20261122-0001 ").numbers) == {"bill-20261122-0001", "BILL-20261122-0001"}


def test_a_national_id_is_ten_digits() -> None:
    assert read_term("٩٩٨١٠٣٤٤٥٦").national_id == "9981034456"
    assert read_term("99810344561").national_id == ""


def test_words_are_spelled_the_one_way() -> None:
    assert read_term("الأُستاذة سُهى").words == ("الاستاذه", "سهي")


@pytest.mark.parametrize(
    ("written", "same"), [("أحمد", "احمد"), ("إيمان", "ايمان"), ("هبة", "هبه"), ("LAYLA", "layla")]
)
def test_one_spelling(written: str, same: str) -> None:
    assert spell(written) == spell(same)


@pytest.mark.parametrize("text", ["", "   ", "\0", "%", "_", "x"])
def test_nothing_to_look_for(text: str) -> None:
    term = read_term(text)
    assert term.is_empty, term


def test_a_paste_is_cut_off() -> None:
    assert sum(map(len, read_term("ا" * 10_000).words)) <= LONGEST
