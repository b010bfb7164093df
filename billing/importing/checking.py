"""The dry run: every row read and judged, nothing made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from billing.chunks import in_chunks
from billing.importing.cells import InvalidCell, Options
from billing.importing.choices import Choices
from billing.importing.identities import Keys
from billing.importing.kinds import ImportKind
from billing.importing.renaming import Renaming, renamings_by
from billing.importing.tables import Line, Table
from billing.models import ImportedRow, Merchant

_KEYS_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one cell; `column` is the header the file gives it."""

    number: int
    column: str
    value: str
    message: str


@dataclass(frozen=True, kw_only=True)
class GoodRow:
    """:param cells: as text in the one form of each, which is read again when the row's turn comes"""

    number: int
    cells: dict[str, str]
    keys: Keys


@dataclass(kw_only=True)
class Checked:
    """:param known: rows that were imported before, and are passed over"""

    good: list[GoodRow] = field(default_factory=list)
    known: list[GoodRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    bad_count: int = 0
    facts: Sequence[tuple[Promise, Decimal | date | int]] = ()
    renamings: Sequence[Renaming] = ()

    @property
    def count(self) -> int:
        return len(self.good) + len(self.known) + self.bad_count

    @property
    def fingerprint(self) -> str:
        """The same while the same would be made."""
        told = json.dumps([(row.number, row.cells) for row in self.good], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


class _Checking:
    def __init__(self, kind: ImportKind, choices: Choices, merchant: Merchant, now: datetime) -> None:
        self.kind, self.choices, self.merchant, self.now = kind, choices, merchant, now
        self.options: Options = choices.options(merchant)
        self.seen: dict[str, int] = {}
        self.found = Checked()

    def check(self, line: Line, places: Mapping[str, int]) -> None:
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for column in self.kind.columns:
            text = line.cells[places[column.code]] if column.code in places else ""
            try:
                if text:
                    values[column.code] = column.check(text, self.options)
                elif column.is_required:
                    raise InvalidCell(_("This is needed. Fill it in."))
            except InvalidCell as problem:
                problems.append(self._problem(line, column.code, text, problem.message))
        if not problems:
            between = self.kind.check_row(values, self.now, self.merchant)
            problems = [self._problem(line, code, str(values.get(code, "")), told) for code, told in between]
        keys = Keys() if problems else self.kind.keys(values)
        if first := self._first_like(keys, line.number):
            told = _("This is the same as row %(row)s. Give each a reference of its own.") % {"row": first}
            problems = [self._problem(line, self.kind.columns[0].code, "", told)]
        self._judge(line, values, problems, keys)

    def _first_like(self, keys: Keys, number: int) -> int | None:
        """The row above that would be made in place of this one; else this one counts for those below."""
        first = next((self.seen[key] for key in keys.known_by if key in self.seen), None)
        if first is None:
            for key in keys.left:
                self.seen.setdefault(key, number)
        return first

    def _judge(self, line: Line, values: dict[str, Any], problems: list[Problem], keys: Keys) -> None:
        if problems:
            self.found.problems += problems
            self.found.bad_count += 1
            return
        cells = {code: str(value) for code, value in values.items()}
        self.found.good.append(GoodRow(number=line.number, cells=cells, keys=keys))

    def _problem(self, line: Line, code: str, value: str, message: str) -> Problem:
        column = self.choices.headers.get(code) or str(self.kind.column(code).title)
        return Problem(number=line.number, column=column, value=value[:100], message=message)


def check_table(table: Table, *, kind: ImportKind, choices: Choices, merchant: Merchant, now: datetime) -> Checked:
    """Every row of it, with everything that is wrong."""
    checking = _Checking(kind, choices, merchant, now)
    places = choices.places(table.header)
    for line in table.lines:
        checking.check(line, places)
    found = checking.found
    _set_known_apart(found, kind, merchant)
    options = Options(currency=merchant.currency)
    found.facts = kind.facts([kind.read(row.cells, options) for row in found.good], merchant, now)
    found.renamings = renamings_by((row.cells for row in found.good), kind=kind, merchant=merchant)
    return found


def _set_known_apart(found: Checked, kind: ImportKind, merchant: Merchant) -> None:
    imported: set[str] = set()
    for keys in in_chunks([key for row in found.good for key in row.keys.known_by], _KEYS_AT_ONCE):
        known = ImportedRow.objects.filter(merchant=merchant, kind=kind.code, key__in=list(keys))
        imported.update(known.values_list("key", flat=True))
    found.known = [row for row in found.good if not imported.isdisjoint(row.keys.known_by)]
    found.good = [row for row in found.good if imported.isdisjoint(row.keys.known_by)]


def missing_columns(kind: ImportKind, headers: Mapping[str, str]) -> Sequence[str]:
    return [str(column.title) for column in kind.columns if column.is_required and not headers.get(column.code)]
