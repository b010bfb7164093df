"""Which format a file is in, by its content alone."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_noop

from billing.importing.separated import read_separated
from billing.importing.tables import MOST_BYTES, FileIsEmpty, FileIsTooLarge, FileRefused, Table
from billing.importing.workbooks import read_workbook

_ZIP: Final = b"PK"
_OTHERS: Final = (
    (b"\xd0\xcf\x11\xe0", "Excel 97 (.xls), or a workbook with a password"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"{\\rtf", "RTF"),
)
_MARKUP: Final = re.compile(
    rb"^[\xef\xbb\xbf\s]*<(!doctype|html|table|head|body|\?xml|script|meta|style|!--)", re.IGNORECASE
)


class NoSpreadsheet(FileRefused):
    message = gettext_noop("This is no spreadsheet that can be read. Save it as .xlsx or CSV. Found:")


def read_file(content: bytes) -> Table:
    """:raises FileRefused:"""
    if len(content) > MOST_BYTES:
        raise FileIsTooLarge
    if not content.strip():
        raise FileIsEmpty
    if content.startswith(_ZIP):
        return read_workbook(content)
    for start, name in _OTHERS:
        if content.startswith(start):
            raise NoSpreadsheet(reason=name)
    # A page saved as UTF-16 too.
    if _MARKUP.match(content[:2000]) or _MARKUP.match(content[2:2000].replace(b"\0", b"")):
        raise NoSpreadsheet(reason="HTML / XML")
    return read_separated(content)
