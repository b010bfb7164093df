"""What a request for a document may choose, besides its language."""

from __future__ import annotations

from django.http import HttpRequest

from invoices.documents.papers import Format
from invoices.pages.queries import query_value


def format_of(request: HttpRequest) -> Format:
    """`?paper=80mm` for a roll; A4 else."""
    return "80mm" if query_value(request, "paper") == "80mm" else "a4"
