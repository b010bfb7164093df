"""
How long a link is valid: counted from the due date, or from today where that has passed (gateway.md).

The one rule in both its forms: for a single invoice, and for the statement that makes a chunk of them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

# By kind of database; of the columns and parameters that the function's arguments are named for.
LAST_DAY: Final = {
    "postgresql": "greatest(due_date, %(today)s::date) + %(valid_days)s::int",
    "sqlite": "date(max(due_date, %(today)s), '+' || %(valid_days)s || ' days')",
}


def last_day(*, due_date: date, today: date, valid_days: int) -> date:
    """
    The last day on which the link can be paid.

    :param today: the merchant's local day
    """
    return max(due_date, today) + timedelta(days=valid_days)
