"""Cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io

import pytest

from billing.csv_cells import csv_lines, safe_cell


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A1", "@SUM(A1)", "\t=1", "＝1", "+1", "+962-1", "+962777839071*2", "-2+3", " =1"]
)
def test_what_could_begin_a_formula_is_text(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize(
    "value", ["150.500", "-150.500", "+962777839071", "ليلى حداد", "BILL-20261122-0001", 5, "", "a=b"]
)
def test_everything_else_stays_as_it_is(value: object) -> None:
    assert safe_cell(value) == str(value)


def test_controls_and_nothing_leave_no_trace() -> None:
    assert (safe_cell(None), safe_cell("a\x00b\nc")) == ("", "ab c")


def test_a_file_is_made_line_by_line_and_reads_back() -> None:
    lines = list(csv_lines([["اسم", 'a "quoted", cell'], ["=1", None]]))

    assert len(lines) == 3
    rows = list(csv.reader(io.StringIO("".join(lines).removeprefix("\ufeff"))))
    assert rows == [["اسم", 'a "quoted", cell'], ["'=1", ""]]
