"""How many messages a text fills (3GPP TS 23.038)."""

from __future__ import annotations

import pytest

from invoices.messages.sms import SmsLength, sms_length


@pytest.mark.parametrize(
    ("text", "units", "segments", "is_gsm"),
    [
        ("", 0, 1, True),
        ("a" * 160, 160, 1, True),
        ("a" * 161, 161, 2, True),
        ("a" * 306, 306, 2, True),
        ("a" * 307, 307, 3, True),
        ("€" * 80, 160, 1, True),
        ("€" * 81, 162, 2, True),
        ("a" * 152 + "€" + "a" * 152, 306, 3, True),
        ("é" * 160, 160, 1, True),
        ("ê", 1, 1, False),
        ("·", 1, 1, False),
        ("`", 1, 1, False),
        ("م" * 70, 70, 1, False),
        ("م" * 71, 71, 2, False),
        ("م" * 134, 134, 2, False),
        ("م" * 135, 135, 3, False),
        ("a" * 69 + "م", 70, 1, False),
        ("😀" * 35, 70, 1, False),
        ("م" * 66 + "😀" + "م" * 66, 134, 3, False),
    ],
)
def test_units_and_segments(text: str, units: int, segments: int, is_gsm: bool) -> None:
    assert sms_length(text) == SmsLength(units=units, segments=segments, is_gsm=is_gsm)
