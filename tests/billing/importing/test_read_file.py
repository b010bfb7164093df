"""Files as offices really have them: read right, or refused by name; never as nonsense."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from datetime import date, datetime

import pytest

from billing.importing.encodings import EncodingRefused
from billing.importing.files import NoSpreadsheet, read_file
from billing.importing.separated import QuotesUnbalanced, SeparatorUnknown
from billing.importing.tables import (
    FileIsEmpty,
    FileIsTooLarge,
    FileRefused,
    SameHeaderTwice,
    TooManyColumns,
    TooManyLines,
)
from billing.importing.uploading import shown_name
from billing.importing.workbooks import NoWorkbook, WorkbookIsBroken, WorkbookIsTooLarge
from tests.billing.importing.uploads import csv_file, workbook

HEADER = ("الاسم", "الهاتف")
AHMAD = ("أحمد الطويل", "0777839071")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_arabic_is_read_in_each_encoding_that_offices_use(encoding: str) -> None:
    table = read_file(csv_file(",".join(HEADER), ",".join(AHMAD), encoding=encoding))

    assert (table.header, table.lines[0].cells) == (HEADER, AHMAD)


def test_utf_16_of_either_byte_order_is_read() -> None:
    text = "\ufeff" + ",".join(HEADER) + "\n" + ",".join(AHMAD)

    for codec in ("utf-16-be", "utf-16-le"):
        assert read_file(text.encode(codec)).lines[0].cells == AHMAD


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-32", "UTF-32"),
        ("utf-16-le", "UTF-16 without a byte order mark"),
        ("iso-8859-6", "neither UTF-8"),
        ("latin-1", "neither UTF-8"),
    ],
)
def test_another_encoding_is_refused_by_name(encoding: str, named: str) -> None:
    name = "Zoë" if encoding == "latin-1" else "خدمة الهاتف والكهرباء"
    content = csv_file("Name,Phone,Service", f"{name},0777839071,Water", encoding=encoding)

    with pytest.raises(EncodingRefused) as refusal:
        read_file(content)

    assert named in refusal.value.details["reason"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_ends_of_lines_are_found(separator: str, end: str) -> None:
    rows = [("Name", "Phone", "Notes"), ("Ali", "0777839071", '"a, b; c"'), ("Mona", "0788888888", "")]

    table = read_file(csv_file(*(separator.join(row) for row in rows), end=end))

    assert [line.cells for line in table.lines] == [("Ali", "0777839071", "a, b; c"), ("Mona", "0788888888", "")]
    assert [line.number for line in table.lines] == [2, 3]


def test_a_quoted_cell_may_have_several_lines() -> None:
    table = read_file(b'Name,Address\r\nAli,"Amman\r\nJubaiha, 5"\r\nMona,Irbid')

    assert [line.cells for line in table.lines] == [("Ali", "Amman\nJubaiha, 5"), ("Mona", "Irbid")]


def test_no_separator_or_two_likely_ones_are_one_clear_error() -> None:
    for content in (b"Name\nAli\nMona\n", b"Name,a;b\nAli,c;d\n"):
        with pytest.raises(SeparatorUnknown):
            read_file(content)


@pytest.mark.parametrize("content", [b'Name,Phone\nAli,"never closed\n', b"Name,Phone\nAli," + b"x" * 200_000])
def test_a_quote_that_never_closes_and_an_endless_cell_are_errors(content: bytes) -> None:
    with pytest.raises((QuotesUnbalanced, SeparatorUnknown)):
        read_file(content)


@pytest.mark.parametrize("content", [b"", b"  \n \n", b"Name,Phone", b"Name,Phone\n,\n \n"])
def test_a_file_without_rows_says_so(content: bytes) -> None:
    with pytest.raises(FileIsEmpty):
        read_file(content)


def test_the_limits_are_kept_before_all_is_read() -> None:
    row = b"Ali,0777839071\n"

    assert len(read_file(b"Name,Phone\n" + row * 10_000).lines) == 10_000
    with pytest.raises(TooManyLines):
        read_file(b"Name,Phone\n" + row * 10_001)
    with pytest.raises(FileIsTooLarge):
        read_file(b"Name,Phone\n" + row * 400_000)
    with pytest.raises(TooManyColumns):
        read_file(",".join(f"c{n}" for n in range(61)).encode() + b"\n1,2\n")
    with pytest.raises(TooManyLines):
        read_file(workbook(("Name", "Phone"), *[("Ali", "0777839071")] * 10_001))


def test_headers_that_are_doubled_are_refused_by_name() -> None:
    with pytest.raises(SameHeaderTwice) as refusal:
        read_file(b"Name,Phone,Phone\nAli,1,2\n")

    assert refusal.value.details["reason"] == "Phone"


def test_a_header_is_one_line_without_what_nobody_sees() -> None:
    assert read_file(b'"Customer\n name\0",Phone,,\nAli,1\n').header == ("Customer name", "Phone")


def test_a_workbook_is_read_whatever_its_kinds_of_cells() -> None:
    table = read_file(
        workbook(
            ("Name", "Phone", "Amount", "Due", "Made", "Text"),
            ("Ali", 777839071, 150.5, date(2027, 12, 31), datetime.fromisoformat("2027-12-31T08:00"), "=1+1"),
            (None, None, None, None, None, None),
            ("Mona", "0788888888", 0.1 + 0.2, datetime.fromisoformat("2027-12-31"), None, True),
        )
    )

    assert [(line.number, line.cells) for line in table.lines] == [
        # A formula that was never computed has no value.
        (2, ("Ali", "777839071", "150.5", "2027-12-31", "2027-12-31 08:00:00", "")),
        (4, ("Mona", "0788888888", "0.3", "2027-12-31", "", "True")),
    ]


def test_the_content_decides_and_not_the_name() -> None:
    """What is uploaded as bills.csv is a workbook all the same; `take_file` gives no name to who reads."""
    assert read_file(workbook(("Name", "Phone"), ("Ali", "0777839071"))).format == "XLSX, Sheet"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"<html><table><tr><td>Name</td></tr></table>", "HTML"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><p>", "HTML"),
        ("\ufeff<table>".encode("utf-16-le"), "HTML"),
        (b"<?xml version='1.0'?><Workbook>", "HTML"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "Excel 97"),
        (b"\x1f\x8b\x08 packed", "gzip"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_by_its_name(content: bytes, named: str) -> None:
    with pytest.raises(NoSpreadsheet) as refusal:
        read_file(content)

    assert named in refusal.value.details["reason"]


def test_a_packed_file_that_is_no_workbook_is_refused() -> None:
    with pytest.raises(NoWorkbook):
        read_file(_packed({"readme.txt": b"hello"}))
    with pytest.raises(WorkbookIsBroken):
        read_file(b"PK\x03\x04 and nothing else")


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = _packed({"xl/sharedStrings.xml": b"\0" * (80 * 1024 * 1024)}, of=workbook(("Name",), ("Ali",)))

    assert len(bomb) < 1024 * 1024
    with pytest.raises(WorkbookIsTooLarge):
        read_file(bomb)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_either() -> None:
    bomb = _packed({"xl/sharedStrings.xml": b"<sst>" + b"\0" * (8 * 1024 * 1024)}, of=workbook(("Name",), ("Ali",)))
    size = struct.pack("<L", 8 * 1024 * 1024 + 5)

    with pytest.raises(FileRefused):
        read_file(bomb.replace(size, struct.pack("<L", 10)))


def test_a_workbook_with_entities_of_its_own_is_refused() -> None:
    book = workbook(("Name", "Phone"), ("Ali", "1"))
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><workbook>&b;</workbook>'

    with pytest.raises(WorkbookIsBroken):
        read_file(_packed({"xl/workbook.xml": evil}, of=book))


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing() -> None:
    book = workbook(("Name", "Phone"), ("Ali", "0777839071"))
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    far = re.sub(rb"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>', sheet)

    table = read_file(_packed({"xl/worksheets/sheet1.xml": far}, of=book))

    assert [line.cells for line in table.lines] == [("Ali", "0777839071")]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/x.csv", "x.csv"),
        ("C:\\files\\فواتير.xlsx", "فواتير.xlsx"),
        ("a\u202evsc.exe\n.csv", "avsc.exe.csv"),
        ("<img onerror=x>.csv", "<img onerror=x>.csv"),
        ("\x00", "—"),
        ("n" * 300 + ".csv", "n" * 96 + ".csv"),
    ],
)
def test_a_file_is_called_what_a_person_can_read(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def _packed(parts: dict[str, bytes], of: bytes = b"") -> bytes:
    """A packed file with these parts, and the other ones of a workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
        if of:
            with zipfile.ZipFile(io.BytesIO(of)) as whole:
                for name in set(whole.namelist()) - set(parts):
                    packed.writestr(name, whole.read(name))
    return file.getvalue()
