"""A change as the person sees it: the schedule before and after beside each other, and what to think of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.admin.cells import NOTHING, day, day_text, money, money_text
from subscriptions.admin.warning_words import words_of
from subscriptions.changes import Change, Line
from subscriptions.models import Installment

Status = Installment.Status
Text = str | Promise | SafeString

_KEPT_ABOVE: Final = 2
_MOST_ROWS: Final = 40


@dataclass(frozen=True, kw_only=True)
class Side:
    """An installment before, or after; both a dash where there is none."""

    due: Text = NOTHING
    amount: Text = NOTHING


@dataclass(frozen=True, kw_only=True)
class Row:
    number: int
    before: Side
    after: Side
    words: str
    is_changed: bool


@dataclass(frozen=True, kw_only=True)
class Total:
    """One figure of the whole schedule, before and after."""

    title: Text
    before: Text
    after: Text
    is_changed: bool


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """:param above: how many rows before the first shown one stay as they are; `below` is how many follow the last"""

    fingerprint: str
    rows: Sequence[Row]
    totals: Sequence[Total]
    warnings: Sequence[str]
    above: int
    below: int
    is_new: bool

    @property
    def changes_nothing(self) -> bool:
        return not any(row.is_changed for row in self.rows)


def rehearsal_of(change: Change, *, currency: str, has_total: bool) -> Rehearsal:
    rows = _rows(change, currency)
    first = next((place for place, row in enumerate(rows) if row.is_changed), len(rows))
    above = max(0, first - _KEPT_ABOVE)
    shown = rows[above : above + _MOST_ROWS]
    return Rehearsal(
        fingerprint=change.fingerprint,
        rows=shown,
        totals=_totals(change, currency, has_total),
        warnings=words_of(change.warnings, currency),
        above=above,
        below=len(rows) - above - len(shown),
        is_new=not change.before,
    )


def _rows(change: Change, currency: str) -> list[Row]:
    before = {line.sequence: line for line in change.before}
    after = {line.sequence: line for line in change.after}
    numbers = sorted({*before, *after})
    return [_row(number, before.get(number), after.get(number), currency) for number in numbers]


def _row(number: int, before: Line | None, after: Line | None, currency: str) -> Row:
    return Row(
        number=number,
        before=_side(before, currency),
        after=_side(after, currency),
        words=_words(before, after),
        is_changed=before != after,
    )


def _side(line: Line | None, currency: str) -> Side:
    if line is None or not line.is_owed:
        return Side()
    return Side(due=day(line.due_date), amount=money(line.amount, currency))


def _words(before: Line | None, after: Line | None) -> str:
    """What happens to it; of one that stays, what has become of it already."""
    if before is None:
        return _("Added")
    if after is None:
        return _("Removed")
    if before == after:
        return str(Status(after.status).label) if after.is_past else ""
    if before.status != after.status:
        return _("Waived") if after.status == Status.SKIPPED else _("Cancelled")
    changes = [_("new date")] if before.due_date != after.due_date else []
    changes += [_("new amount")] if before.amount != after.amount else []
    return _(", ").join(changes)


def _totals(change: Change, currency: str, has_total: bool) -> list[Total]:
    sides = [[line for line in lines if line.is_owed] for lines in (change.before, change.after)]
    totals = [_total(_("Payments"), [str(len(lines)) for lines in sides]) if has_total else None]
    last = [day_text(max(line.due_date for line in lines)) if lines else NOTHING for lines in sides]
    totals += [_total(_("Last payment"), last) if has_total else _total(_("Scheduled until"), last)]
    sums = [money_text(amount, currency) for amount in (change.sum_before, change.sum_after)]
    totals += [_total(_("Sum"), sums) if has_total else None]
    return [total for total in totals if total]


def _total(title: str, sides: Sequence[str]) -> Total:
    before, after = sides
    return Total(title=title, before=before, after=after, is_changed=before != after)
