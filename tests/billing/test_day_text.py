"""Days and months in words, on the office's pages and the customers' alike."""

from __future__ import annotations

from datetime import date

import pytest

from billing.day_text import format_day, format_month, format_month_name, format_short_day


@pytest.mark.parametrize(
    ("language", "long", "short", "month", "name"),
    [
        ("en", "9 November 2026", "9 Nov 2026", "November 2026", "Nov"),
        ("ar", "9 تشرين الثاني 2026", "9 تشرين الثاني 2026", "تشرين الثاني 2026", "تشرين الثاني"),
    ],
)
def test_the_day_stands_before_the_month_in_jordans_own_words(
    language: str, long: str, short: str, month: str, name: str
) -> None:
    day = date(2026, 11, 9)

    assert format_day(day, language) == long
    assert format_short_day(day, language) == short
    assert format_month(day, language) == month
    assert format_month_name(day, language) == name
