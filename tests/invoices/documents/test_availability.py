"""Where PDF cannot be made, nobody is offered any."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from invoices.documents.availability import can_make_pdf, find_missing


def test_libraries_are_looked_for_under_each_of_their_names() -> None:
    missing = find_missing([("libc.so.6", "libSystem.dylib"), ("libnothing.so.9", "libnothing.dylib")])

    assert missing == ["libnothing.so.9"]


def test_it_can_be_switched_off(settings: Any) -> None:
    settings.PDF_DOCUMENTS = False

    assert not can_make_pdf()


def test_neither_the_addresses_nor_the_question_load_weasyprint() -> None:
    program = (
        "import django; django.setup(); import config.urls, sys;"
        "from invoices.documents.availability import can_make_pdf;"
        "can_make_pdf(); print('weasyprint' in sys.modules)"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)

    assert answer.stdout.strip() == "False"
