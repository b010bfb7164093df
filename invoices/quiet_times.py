"""When a merchant sends no messages: its quiet hours and its weekend, by the clock on its own wall. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_MIDNIGHT: Final = time(0)
# A weekend and the quiet hours around it are over by then.
_DAYS_AHEAD: Final = 5
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class QuietTimes:
    """
    Quiet from one time of day up to another, past midnight where the first is the later; and on whole days.

    :param days: ISO weekdays, Monday being 1
    """

    zone: ZoneInfo
    quiet_from: time | None
    quiet_until: time | None
    days: frozenset[int]

    def are_on(self, instant: datetime) -> bool:
        local = instant.astimezone(self.zone)
        return local.isoweekday() in self.days or self._is_quiet_hour(local.time())

    def _is_quiet_hour(self, local: time) -> bool:
        begin, end = self.quiet_from, self.quiet_until
        if begin is None or end is None:
            return False
        return begin <= local < end if begin <= end else local >= begin or local < end

    def end_after(self, instant: datetime) -> datetime:
        """The first instant from this one on that is not quiet, in UTC: this one, unless it is quiet."""
        if not self.are_on(instant):
            return instant
        later = (end for end in sorted(self._possible_ends(instant)) if end > instant)
        return next(end for end in later if not self.are_on(end))

    def _possible_ends(self, instant: datetime) -> Iterator[datetime]:
        today = instant.astimezone(self.zone).date()
        for ahead in range(-1, _DAYS_AHEAD + 1):
            for local in {_MIDNIGHT, self.quiet_until or _MIDNIGHT}:
                yield from _instants_of(datetime.combine(today + timedelta(days=ahead), local), self.zone)


def _instants_of(local: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the wall's clock shows this: twice where it is put back; where it is put forward over it, that moment."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        yield from (first, second)
    else:
        yield _change_of_offset(second, first, zone)


def _change_of_offset(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
