"""A due date as a file that the customer's calendar takes in (RFC 5545). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

_LONGEST_LINE: Final = 75  # octets, without the line's end
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
# An all-day event begins at midnight: fifteen hours before it is nine in the morning of the day before.
_NINE_THE_DAY_BEFORE: Final = "-PT15H"


@dataclass(frozen=True, kw_only=True)
class DueDate:
    """:param uid: the same for the same bill, so that a calendar replaces what it took in before"""

    uid: str
    day: date
    title: str
    text: str
    url: str


def build_calendar(due: DueDate, *, now: datetime) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Billing//Due dates//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{due.uid}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{due.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(due.title)}",
        f"DESCRIPTION:{_escaped(due.text)}",
        f"URL:{due.url}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(due.title)}",
        f"TRIGGER:{_NINE_THE_DAY_BEFORE}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) + "\r\n" for line in lines)


def _escaped(text: str) -> str:
    """Somebody else's text, which must not end its line and begin one of its own."""
    text = _CONTROLS.sub(" ", text.replace("\r\n", "\n"))
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Broken into lines short enough, never within a character."""
    lines, octets = [""], 0
    for character in line:
        size = len(character.encode())
        if octets + size > _LONGEST_LINE:
            lines.append(" ")
            octets = 1
        lines[-1] += character
        octets += size
    return "\r\n".join(lines)
