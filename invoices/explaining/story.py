from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from billing.admin.screens.timeline import Line
from invoices.explaining.lines import all_lines
from invoices.explaining.origins import origin_of
from invoices.explaining.scope import Document, scope_of


@dataclass(frozen=True, kw_only=True)
class Story:
    """`origin` says why the document is there and what it waits for; `lines` what happened, oldest first."""

    name: str
    origin: Sequence[str]
    lines: Sequence[Line]


def explain_document(document: Document) -> Story:
    return Story(name=str(document), origin=origin_of(document), lines=all_lines(scope_of(document)))
