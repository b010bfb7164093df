"""Documents as HTTP."""

from __future__ import annotations

from typing import Final

from csp.constants import HEADER
from django.http import HttpRequest, HttpResponse

from invoices.documents.papers import Paper, print_paper

# Browsers' own PDF viewers need their styles and an embedded object; nothing else is loaded.
_CSP: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def pdf_response(request: HttpRequest, paper: Paper) -> HttpResponse:
    """
    The PDF, shown in the browser and never stored. HEAD is answered without drawing anything.

    :raises PdfUnavailable: this machine cannot make PDF
    """
    content = b"" if request.method == "HEAD" else print_paper(paper)
    response = HttpResponse(content, content_type="application/pdf")
    if request.method == "HEAD":
        del response.headers["Content-Length"]
    response["Content-Disposition"] = f'inline; filename="{paper.file_name}"'
    response["Content-Language"] = paper.language
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers[HEADER] = _CSP
    return response
