from datetime import UTC, datetime

import pytest

from invoices.gateway.retry_after import read_retry_after

NOW = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2.0),
        (" 0 ", 0.0),
        ("86400", 86400.0),
        ("Sun, 10 Jan 2027 12:01:00 GMT", 60.0),
        ("86401", None),
        ("Sun, 10 Jan 2027 11:00:00 GMT", None),
        ("Sun, 10 Jan 9999 11:00:00 GMT", None),
        ("inf", None),
        ("nan", None),
        ("-5", None),
        ("1e3", None),
        ("٢", None),
        ("<html>", None),
        ("9" * 10_000, None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_sensible_wait_is_believed(header, seconds):
    assert read_retry_after(header=header, now=NOW) == seconds
