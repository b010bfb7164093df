"""The Retry-After header, read without trusting it."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 86_400.0  # seconds


def read_retry_after(*, header: str | None, now: datetime) -> float | None:
    """
    Seconds to wait (0 to one day), or None where our own schedule should decide.

    :param header: digits or an HTTP date; "inf", HTML, negative or absurd values give None
    :param now: an aware instant, to measure an HTTP date against
    """
    text = (header or "").strip()[:64]
    seconds = float(text) if re.fullmatch(r"[0-9]{1,9}", text) else _seconds_until(text, now=now)
    return seconds if 0 <= seconds <= LONGEST_WAIT else None


def _seconds_until(http_date: str, *, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(http_date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return -1.0
