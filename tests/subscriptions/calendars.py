"""A calendar walked day by day: what the schedules are compared with. It shares nothing with them."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)


def walked(starts_on: date, *, interval: str, payment_day: int | None, many: int) -> list[date]:
    """The first `many` due dates from that day on, found by looking at every single day."""
    step = {"WEEKLY": 7, "MONTHLY": 1, "QUARTER": 3, "YEARLY": 12}[interval]
    found: list[date] = []
    candidates_seen = 0
    day = starts_on
    while len(found) < many:
        if _is_candidate(day, payment_day):
            # Candidates are the days of a weekly plan, and the payment days of each month of the others.
            if candidates_seen % step == 0:
                found.append(day)
            candidates_seen += 1
        day += _DAY
    return found


def _is_candidate(day: date, payment_day: int | None) -> bool:
    if payment_day is None:
        return True
    is_last_of_month = (day + _DAY).month != day.month
    return day.day == payment_day or (is_last_of_month and day.day < payment_day)
