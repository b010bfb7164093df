from decimal import Decimal

import pytest

from invoices.gateway.errors import ReplyInvalid
from invoices.gateway.readings import amount_of, integer_of, text_of
from invoices.gateway.wire_json import parse


@pytest.mark.parametrize(
    ("json_text", "amount"),
    [
        ('"280.000"', "280"),
        ("280", "280"),
        ("280.500", "280.5"),
        ("2.8E+2", "280"),
        ('"0"', "0"),
        ("null", None),
        ('""', None),
    ],
)
def test_amounts_come_as_text_or_numbers(json_text, amount):
    assert amount_of(parse(json_text)) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    "value",
    [
        "1e30",
        "1e99",
        "1e-99",
        "NaN",
        "-1",
        "+1",
        "٢٨٠",
        "1,000.000",
        "1_000",
        " 5",
        "5 ",
        True,
        [],
        {},
        "0x1",
    ],
)
def test_other_amounts_are_an_alarm(value):
    with pytest.raises(ReplyInvalid):
        amount_of(value)


@pytest.mark.parametrize("json_text", ["NaN", "Infinity", "1e" + "9" * 80, "9" * 100])
def test_numbers_that_are_no_json_or_too_long_are_refused(json_text):
    with pytest.raises(ValueError):
        parse(json_text)


def test_identifiers_are_one_short_line():
    assert [text_of(value) for value in (123, "a/b", "", "a\r\nb", "x" * 201, True, None, [], {})] == (
        ["123", "a/b"] + [None] * 7
    )


def test_whole_numbers_are_ascii_digits():
    assert [integer_of(value) for value in (3, "3", "٣", "3.0", True, "9" * 40)] == [3, 3] + [None] * 4
