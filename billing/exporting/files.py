"""CSV and XLSX of any length."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from billing.csv_cells import csv_lines, without_controls
from billing.exporting.columns import Value

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST: Final = 32_767  # characters of a cell
_FORMATS: Final[dict[type, str]] = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd"}
_TITLE: Final = Font(bold=True)


def csv_stream(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    yield from csv_lines(_with_titles(titles, rows))


def _with_titles(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[object]]:
    yield titles
    for row in rows:
        yield [_plain(value) for value in row]


def _plain(value: Value) -> object:
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value


def write_workbook(titles: Sequence[str], rows: Iterable[Sequence[Value]], *, is_rtl: bool) -> IO[bytes]:
    """
    An open file without a name, at its start. The caller closes it.

    The rows go to disk as they come. Numbers are numbers, and every text is a text, whatever it begins with.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = is_rtl
    for place in range(len(titles)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = 18
    sheet.append([_title(sheet, title) for title in titles])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the caller sends it and closes it
    book.save(file)
    file.seek(0)
    return file


def _title(sheet: Any, title: str) -> Any:
    cell = _cell(sheet, title)
    if cell is not None:
        cell.font = _TITLE
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    if value is None or value == "":
        return None
    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        cell.value = " "
        # Set past the cell's own reading, which takes "=…" for a formula.
        cell._value = without_controls(value)[:_LONGEST]
        cell.data_type = "s"
    else:
        cell.value = value
    if isinstance(value, Decimal):
        decimals = -int(value.as_tuple().exponent)
        cell.number_format = f"#,##0.{'0' * decimals}" if decimals > 0 else "#,##0"
    elif number_format := _FORMATS.get(type(value)):
        cell.number_format = number_format
    return cell
