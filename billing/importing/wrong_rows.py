"""The wrong rows of a file as a file of their own: the columns as they were, and what is wrong beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from billing.importing.checking import Checked
from billing.importing.tables import Table


def wrong_rows(table: Table, checked: Checked, *, title: str) -> tuple[list[str], Iterator[Sequence[str]]]:
    """
    The header and the rows; one that was mended halfway gets its new reason in place of the old one.

    :param title: of the column with the reason
    """
    kept = [place for place, name in enumerate(table.header) if name != title]
    reasons: dict[int, list[str]] = {}
    for problem in checked.problems:
        reasons.setdefault(problem.number, []).append(f"{problem.column}: {problem.message}")
    rows = (
        [*(line.cells[place] for place in kept), " ".join(reasons[line.number])]
        for line in table.lines
        if line.number in reasons
    )
    return [*(table.header[place] for place in kept), title], rows
