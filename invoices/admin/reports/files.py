"""Reports to take away: CSV and XLSX. They are small: a report has as many rows as days or months at most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from billing.csv_cells import csv_lines
from billing.exporting.columns import Value
from billing.exporting.files import write_workbook

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Iterable[Sequence[Value]]


def csv_file(rows: Rows, name: str) -> HttpResponse:
    return _attached("".join(csv_lines(rows)).encode(), "text/csv; charset=utf-8", f"{name}.csv")


def xlsx_file(rows: Rows, name: str, *, is_right_to_left: bool) -> HttpResponse:
    """Amounts are numbers there, exactly as they are; texts are texts, whatever they begin with."""
    titles, *lines = rows
    with write_workbook([str(title) for title in titles], lines, is_rtl=is_right_to_left) as file:
        return _attached(file.read(), _XLSX, f"{name}.xlsx")


def _attached(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
