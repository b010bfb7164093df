"""Excel workbooks (.xlsx) as a table: the first sheet, its values as they were last computed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

import openpyxl
from django.utils.translation import gettext_noop

from billing.importing.tables import MOST_COLUMNS, FileRefused, Table, make_table

_MOST_UNPACKED: Final = 60 * 1024 * 1024
_MOST_PARTS: Final = 500
_MOST_SHEET_ROWS: Final = 50_000  # empty ones in between included
_NEEDED: Final = {"[Content_Types].xml", "xl/workbook.xml"}


class NoWorkbook(FileRefused):
    message = gettext_noop("This is a packed file, but no Excel workbook. Upload .xlsx or CSV.")


class WorkbookIsBroken(FileRefused):
    message = gettext_noop("This Excel file is damaged. Open it in Excel and save it again.")


class WorkbookIsTooLarge(FileRefused):
    message = gettext_noop("Unpacked, this file would be far too large. Save only the sheet that is to be imported.")


def read_workbook(content: bytes) -> Table:
    """:raises FileRefused: its unpacked size is looked at before anything is unpacked"""
    _look_inside(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What a file says of its size can be wrong.
        sheet.reset_dimensions()
        return make_table(_rows(sheet), format=f"XLSX, {sheet.title[:60]}")
    except FileRefused:
        raise
    except Exception as problem:  # what a parser raises at a hostile file is not to be foreseen
        raise WorkbookIsBroken from problem


def _look_inside(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            found = parts.infolist()
            if len(found) > _MOST_PARTS or sum(part.file_size for part in found) > _MOST_UNPACKED:
                raise WorkbookIsTooLarge
            if not _NEEDED.issubset(part.filename for part in found):
                raise NoWorkbook
            if any(b"<!DOCTYPE" in _start_of(parts, part) for part in found if part.filename.endswith(".xml")):
                raise WorkbookIsBroken
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as problem:
        raise WorkbookIsBroken from problem


def _start_of(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with parts.open(part) as file:
        return file.read(2000)


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    rows = sheet.iter_rows(max_row=_MOST_SHEET_ROWS, max_col=MOST_COLUMNS + 1, values_only=True)
    for number, cells in enumerate(rows, start=1):
        yield number, [cell_text(cell) for cell in cells]


def cell_text(value: Any) -> str:
    """A real date is written as ISO writes it; a number with the fifteen digits Excel itself goes by."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return _plain(Decimal(format(value, ".15g")))
    return str(value)


def _plain(value: Decimal) -> str:
    # Without an exponent, for 777839071 may be stored as 7.77839071E8: here nothing is lost by it.
    return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 20 else str(value)
