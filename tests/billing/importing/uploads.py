"""Files as people upload them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from billing.admin.imports import kinds  # noqa: F401  # the kinds are added there
from billing.importing.choices import Choices, propose_choices
from billing.importing.files import read_file
from billing.importing.kinds import IMPORT_KINDS
from billing.importing.uploading import take_file
from billing.models import ImportFile, Merchant, User
from tests.factories import make_merchant
from tests.staff import make_staff

BILL_HEADER = "Name,Phone,Service,Amount,Due date"
ALI = "Ali Hasan,0777839071,Water,150.500,2027-12-31"
MONA = "Mona Saleh,0788888888,Water,20,2027-12-31"


def csv_file(*lines: str, encoding: str = "utf-8", end: str = "\n") -> bytes:
    return end.join(lines).encode(encoding)


def workbook(*rows: Sequence[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(merchant: Merchant, content: bytes, *, by: User, now: Any, kind: str = "BILL") -> ImportFile:
    return take_file(
        merchant=merchant, kind=IMPORT_KINDS[kind], name="bills.csv", content=content, uploaded_by=by, now=now
    )


def guessed(file: ImportFile) -> Choices:
    return propose_choices(file, IMPORT_KINDS[file.kind], read_file(bytes(file.content)).header)


def make_importer(username: str = "razzbery") -> tuple[Merchant, User]:
    merchant = make_merchant(username, language="en")
    return merchant, make_staff(merchant, username=f"importer-{username}")
