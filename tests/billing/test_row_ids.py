"""What an address or a form may name a row by."""

from __future__ import annotations

import pytest

from billing.row_ids import is_row_id


@pytest.mark.parametrize("text", ["1", "10", "9" * 18])
def test_a_number_that_fits_into_every_database_can_be_an_id(text: str) -> None:
    assert is_row_id(text)


@pytest.mark.parametrize("text", ["", "0", "01", "-1", "+1", "1.0", " 1", "1\n", "٣", "²", "1\0", "x", "9" * 19])
def test_nothing_else_can(text: str) -> None:
    assert not is_row_id(text)
