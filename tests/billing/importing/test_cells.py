"""What may stand in a cell: one form for each thing, and what could mean two things is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.importing import cells
from billing.importing.cells import DayForm, InvalidCell, Options

JOD = Options(currency="JOD")
WITH_ZERO = Options(currency="JOD", restores_zero=True)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("150.500", "150.500"),
        ("١٥٠٫٥٠٠", "150.500"),
        ("١٥٠.٥", "150.500"),
        ("1,000.500", "1000.500"),
        ("5", "5.000"),
        ("999999999.999",) * 2,
    ],
)
def test_amounts(text: str, amount: str) -> None:
    assert cells.amount(text, JOD) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["150,50", "1,000", "JOD 5", "5-", "-5", "(5)", "1e3", "0", "0.0001", "1000000000", "NaN", "5.", "²"],
)
def test_amounts_that_could_be_another_are_refused(text: str) -> None:
    with pytest.raises(InvalidCell):
        cells.amount(text, JOD)


def test_an_amount_has_the_decimals_of_its_currency() -> None:
    with pytest.raises(InvalidCell):
        cells.amount("1.005", Options(currency="SAR"))


@pytest.mark.parametrize(
    "text",
    [
        "0777839071",
        "+962 77 783 9071",
        "00962777839071",
        "962777839071",
        "077-783-9071",
        "077 - 783 9071",
        "٠٧٧٧٨٣٩٠٧١",
        "(077)-7839071",
    ],
)
def test_phones(text: str) -> None:
    assert cells.phone(text, JOD) == "0777839071"


def test_a_lost_zero_is_given_back_only_when_the_person_says_so() -> None:
    assert cells.phone("777839071", WITH_ZERO) == "0777839071"
    with pytest.raises(InvalidCell, match="tick"):
        cells.phone("777839071", JOD)


@pytest.mark.parametrize(
    "text",
    [
        "7.77839E+08",
        "7.77839071E8",
        "+96277783907",
        "0677839071",
        "+9620777839071",
        "+12025550123",
        "0777839071x",
        "-0777839071",
    ],
)
def test_phones_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InvalidCell):
        cells.phone(text, WITH_ZERO)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2027-12-31", DayForm.ISO),
        ("٢٠٢٧-١٢-٣١", DayForm.ISO),
        ("31/12/2027", DayForm.DAY_FIRST),
        ("31.12.2027", DayForm.DAY_FIRST),
        ("12/31/2027", DayForm.MONTH_FIRST),
        ("46752", DayForm.SERIAL),
        ("2027-12-31", DayForm.DAY_FIRST),
    ],
)
def test_days_in_the_chosen_form(text: str, form: str) -> None:
    assert cells.day(text, Options(currency="JOD", day_form=form)) == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("31/12/2027", DayForm.ISO),
        ("46752", DayForm.ISO),
        ("2027-12-31 00:00:00", DayForm.ISO),
        ("2027-02-30", DayForm.ISO),
        ("12/31/2027", DayForm.DAY_FIRST),
        ("31/12/27", DayForm.DAY_FIRST),
        ("31/12-2027", DayForm.DAY_FIRST),
        ("99999", DayForm.SERIAL),
        ("1/1/1999", DayForm.DAY_FIRST),
    ],
)
def test_days_in_another_form_are_refused(text: str, form: str) -> None:
    with pytest.raises(InvalidCell):
        cells.day(text, Options(currency="JOD", day_form=form))


@pytest.mark.parametrize("text", ["a\0b", "a\u202eb", "a\ud800b", "a\x1bb", "two\nlines", "x" * 201])
def test_names_with_what_nobody_can_see_are_refused(text: str) -> None:
    with pytest.raises(InvalidCell):
        cells.name(text, JOD)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A1", "@SUM(A1)", "＝1", "أحمد"])
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    assert cells.name(text, JOD) == text


@pytest.mark.parametrize("text", ["0", "29", "1.0", "x", "²", "५"])
def test_days_of_the_month_are_1_to_28(text: str) -> None:
    assert cells.day_of_month("٢٨", JOD) == 28
    with pytest.raises(InvalidCell):
        cells.day_of_month(text, JOD)
