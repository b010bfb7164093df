"""From facts to the bytes of a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import get_template
from django.utils.translation import gettext_noop, override

from billing.errors import DomainError
from invoices.documents.availability import can_make_pdf

ROLL = "roll.css"
SHEET = "sheet.css"


class PdfUnavailable(DomainError):
    code = "PDF_UNAVAILABLE"
    message = gettext_noop("This server cannot make PDF files. Print the page in the browser instead.")


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    style: str = SHEET,
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    """
    The same bytes for the same facts.

    :param files: pictures the template shows, by their `own:` address
    :raises PdfUnavailable: pango is not installed, or PDF is switched off
    """
    if not can_make_pdf():
        raise PdfUnavailable
    shell = {"language": language, "direction": "rtl" if language == "ar" else "ltr"}
    with override(language):
        html = get_template(template).render({**shell, **context})
    try:
        from invoices.documents.printer import print_pdf  # heavy: only who prints pays for it
    except OSError:
        raise PdfUnavailable from None
    return print_pdf(html, style=style, files=files or {}, fits_content=style == ROLL)
