"""What the dry run found, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.admin.cells import day, day_text, isolated, money
from billing.admin.screens.documents import Column, Fact, Section, Text
from billing.importing.checking import Checked
from billing.importing.differences import Difference, difference_from_last
from billing.importing.kinds import ImportKind
from billing.importing.renaming import Renaming
from billing.importing.tables import Table
from billing.models import ImportFile

_PROBLEMS_SHOWN: Final = 100
_ROWS_SHOWN: Final = 5
_NAMES_SHOWN: Final = 10


@dataclass(frozen=True, kw_only=True)
class Report:
    facts: list[Fact]
    sections: list[Section]
    good_count: int
    bad_count: int
    known_count: int
    problems_left_out: int


def report_of(file: ImportFile, kind: ImportKind, checked: Checked) -> Report:
    sections = [_problems(checked)] if checked.problems else []
    if checked.renamings:
        sections.append(_renamings(checked.renamings))
    if checked.good:
        sections.append(_first_rows(kind, checked))
    stated = [row.cells for row in (*checked.good, *checked.known)]
    if difference := difference_from_last(merchant=file.merchant, kind=kind, rows=stated):
        sections.append(_difference(difference))
    return Report(
        facts=_facts(file, checked),
        sections=sections,
        good_count=len(checked.good),
        bad_count=checked.bad_count,
        known_count=len(checked.known),
        problems_left_out=max(0, len(checked.problems) - _PROBLEMS_SHOWN),
    )


def sample_of(table: Table) -> Section:
    """The file's first rows, as they were read."""
    return Section(
        title=_("The file's first rows"),
        columns=[Column(title=_("Row"), is_numeric=True), *(Column(title=isolated(name)) for name in table.header)],
        rows=[(line.number, *(isolated(cell[:60]) for cell in line.cells)) for line in table.lines[:_ROWS_SHOWN]],
    )


def _facts(file: ImportFile, checked: Checked) -> list[Fact]:
    facts = [
        Fact(title=_("Will be made"), value=str(len(checked.good)), is_loud=True),
        Fact(title=_("Wrong"), value=str(checked.bad_count)),
        Fact(title=_("Rows in the file"), value=str(checked.count)),
    ]
    if checked.known:
        facts.append(Fact(title=_("Imported before"), value=str(len(checked.known))))
    return [*facts, *(Fact(title=title, value=_shown(value, file.merchant.currency)) for title, value in checked.facts)]


def _shown(value: Decimal | date | int, currency: str) -> SafeString | str:
    if isinstance(value, Decimal):
        return money(value, currency)
    return day(value) if isinstance(value, date) else str(value)


def _renamings(found: Sequence[Renaming]) -> Section:
    title = ngettext(
        "%(count)s known customer is called otherwise from now on",
        "%(count)s known customers are called otherwise from now on",
        len(found),
    )
    return Section(
        title=title % {"count": len(found)},
        columns=[Column(title=_("Name until now")), Column(title=_("Name in the file"))],
        rows=[
            *((isolated(old), isolated(new)) for old, new in found[:_NAMES_SHOWN]),
            *([("…", "…")] if len(found) > _NAMES_SHOWN else []),
        ],
    )


def _problems(checked: Checked) -> Section:
    return Section(
        title=_("What is wrong"),
        columns=[
            Column(title=_("Row"), is_numeric=True),
            Column(title=_("Column")),
            Column(title=_("What stands there")),
            Column(title=_("What to do")),
        ],
        rows=[
            (problem.number, isolated(problem.column), isolated(problem.value), problem.message)
            for problem in checked.problems[:_PROBLEMS_SHOWN]
        ],
    )


def _first_rows(kind: ImportKind, checked: Checked) -> Section:
    shown = checked.good[:_ROWS_SHOWN]
    stated = [column for column in kind.columns if any(row.cells.get(column.code) for row in shown)]
    return Section(
        title=_("The first rows as they will be made"),
        columns=[Column(title=_("Row"), is_numeric=True), *(Column(title=column.title) for column in stated)],
        rows=[(row.number, *(isolated(row.cells.get(column.code)) for column in stated)) for row in shown],
    )


def _difference(found: Difference) -> Section:
    changed = [(name, f"{before:.3f} → {after:.3f}") for name, before, after in found.changed]
    lines: list[tuple[Text, list[tuple[str, str]]]] = [
        (_("Not in the last one"), [(name, "") for name in found.new]),
        (_("Only in the last one"), [(name, "") for name in found.gone]),
        (_("With another amount"), changed),
    ]
    rows: list[tuple[object, ...]] = [(title, len(people), _some(people)) for title, people in lines]
    rows.append((_("As the last time"), found.same_count, ""))
    return Section(
        title=gettext_now("Compared with the last import, %(day)s") % {"day": day_text(found.last.created_at.date())},
        columns=[Column(title=""), Column(title=_("Rows"), is_numeric=True), Column(title=_("Which"))],
        rows=rows,
    )


def _some(people: list[tuple[str, str]]) -> SafeString:
    """One on a line; the arrow points from left to right in every language."""
    shown = format_html_join(
        SafeString("<br>"), '<bdi dir="auto">{}</bdi> <bdi dir="ltr">{}</bdi>', people[:_NAMES_SHOWN]
    )
    return format_html("{}<br>…", shown) if len(people) > _NAMES_SHOWN else shown
