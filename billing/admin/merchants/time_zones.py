"""The time zones to choose from: those of the region first."""

from __future__ import annotations

from functools import cache
from typing import Final
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

_OF_THE_REGION: Final = (
    "Asia/Amman",
    "Asia/Riyadh",
    "Asia/Kuwait",
    "Asia/Bahrain",
    "Asia/Qatar",
    "Asia/Dubai",
    "Asia/Muscat",
    "Asia/Hebron",
    "Asia/Beirut",
    "Asia/Damascus",
    "Asia/Baghdad",
    "Africa/Cairo",
)


def time_zone_choices() -> list[tuple[object, list[tuple[str, str]]]]:
    """Grouped, as a select shows them."""
    here = [name for name in _OF_THE_REGION if name in _all()]
    elsewhere = [name for name in _all() if name not in here]
    return [
        (_("Jordan, the Gulf and around"), [(name, name) for name in here]),
        (_("Everywhere else"), [(name, name) for name in elsewhere]),
    ]


@cache
def _all() -> list[str]:
    """Read from the disk once."""
    return sorted(available_timezones())
