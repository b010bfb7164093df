"""A file beside the last import of its kind: who is new, who is gone, whose amount is another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from billing.importing.kinds import ImportKind
from billing.models import Job, JobRow, Merchant


class ChangedAmount(NamedTuple):
    name: str
    before: Decimal
    after: Decimal


@dataclass(kw_only=True)
class Difference:
    """:param last: the import it is compared with"""

    last: Job
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    changed: list[ChangedAmount] = field(default_factory=list)
    same_count: int = 0


def difference_from_last(
    *, merchant: Merchant, kind: ImportKind, rows: Iterable[Mapping[str, str]]
) -> Difference | None:
    """None where none of this kind was finished before, or where one has nothing to do with the last."""
    if not kind.series:
        return None
    last = merchant.jobs.filter(kind=kind.job_kind, status=Job.Status.DONE).order_by("-id").first()
    if last is None:
        return None
    done = last.rows.filter(status=JobRow.Status.DONE).order_by("position").values_list("values", flat=True)
    before, after = _by_series(kind, (values["cells"] for values in done)), _by_series(kind, rows)
    found = Difference(last=last)
    for series, cells in after.items():
        if series not in before:
            found.new.append(_name(cells))
        elif kind.amount and (was := _amount(kind, before[series])) != (now := _amount(kind, cells)):
            found.changed.append(ChangedAmount(_name(cells), was, now))
        else:
            found.same_count += 1
    found.gone = [_name(cells) for series, cells in before.items() if series not in after]
    return found


def _by_series(kind: ImportKind, rows: Iterable[Mapping[str, str]]) -> dict[tuple[object, ...], Mapping[str, str]]:
    """The second row of a phone and service is compared with the second one of the last time."""
    found: dict[tuple[object, ...], Mapping[str, str]] = {}
    times: dict[tuple[object, ...], int] = {}
    for cells in rows:
        series = tuple(cells.get(code, "").casefold() for code in kind.series)
        times[series] = times.get(series, 0) + 1
        found[(*series, times[series])] = cells
    return found


def _name(cells: Mapping[str, str]) -> str:
    return f"{cells.get('name', '')} · {cells.get('phone', '')}"


def _amount(kind: ImportKind, cells: Mapping[str, str]) -> Decimal:
    return Decimal(cells.get(kind.amount) or 0)
