"""Where a local day begins: what tells instants of one day from those of the next."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first instant of this day there; the day before is over."""
    return datetime.combine(day, time(), zone)
