"""Reports to take away: CSV and XLSX. They are small: a report has as many rows as days or months at most."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from billing.csv_cells import csv_lines, safe_cell

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Iterable[Sequence[object]]


def csv_file(rows: Rows, name: str) -> HttpResponse:
    return _attached("".join(csv_lines(rows)).encode(), "text/csv; charset=utf-8", f"{name}.csv")


def xlsx_file(rows: Rows, name: str, *, is_right_to_left: bool) -> HttpResponse:
    """Amounts are numbers there, exactly as they are; texts are texts, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Report")
    sheet.sheet_view.rightToLeft = is_right_to_left
    sheet.freeze_panes = "A2"
    for at, row in enumerate(rows):
        sheet.append([_cell(sheet, value, is_title=at == 0) for value in row])
    content = io.BytesIO()
    book.save(content)
    return _attached(content.getvalue(), _XLSX, f"{name}.xlsx")


def _cell(sheet: Any, value: object, *, is_title: bool) -> WriteOnlyCell:
    is_number = isinstance(value, int | Decimal)
    cell = WriteOnlyCell(sheet, value=value if is_number or value is None else safe_cell(value))
    if isinstance(value, Decimal):
        cell.number_format = "#,##0." + "0" * -int(value.as_tuple().exponent)
    if is_title:
        cell.font = Font(bold=True)
    return cell


def _attached(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
