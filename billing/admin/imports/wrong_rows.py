"""The wrong rows of an import as a file, ready to be mended and uploaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import FileResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from billing.exporting.files import XLSX_TYPE, csv_stream, write_workbook
from billing.importing.checking import Checked
from billing.importing.tables import Table
from billing.importing.wrong_rows import wrong_rows
from billing.models import ImportFile

FORMATS: Final = ("xlsx", "csv")


def name_of_address(format: str) -> str:
    return f"billing_importfile_wrong_{format}"


def wrong_rows_links(file: ImportFile) -> Sequence[tuple[str, str]]:
    return [(format.upper(), reverse(f"admin:{name_of_address(format)}", args=[file.pk])) for format in FORMATS]


def wrong_rows_file(
    file: ImportFile, table: Table, checked: Checked, *, format: str
) -> FileResponse | StreamingHttpResponse:
    header, rows = wrong_rows(table, checked, title=_("What is wrong"))
    name = f"wrong-rows-{file.pk}.{format}"
    if format == "csv":
        answer = StreamingHttpResponse(csv_stream(header, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    book = write_workbook(header, rows, is_rtl=get_language_bidi())
    return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX_TYPE)
