"""Payment links give access: a log shows four characters of their token (reliability.md, Y12)."""

from __future__ import annotations

import logging
import re
import sys
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from config.log_lines import DiscreetFormatter
from tests.invoices.pages.documents import make_shop, owed_bill, page_of

TOKEN = "AQAAAAAAAAAqAAHx7Q2b9kLm0PpRsTuVwXyZ"


def line(message: str, *args: Any, **kwargs: Any) -> str:
    record = logging.LogRecord("n", logging.ERROR, "p", 1, message, args, kwargs.get("exc_info"))
    return DiscreetFormatter("%(message)s").format(record)


@pytest.mark.parametrize(
    ("message", "written"),
    [
        (f"Internal Server Error: /razzbery/pay/{TOKEN}", "Internal Server Error: /razzbery/pay/AQAA…"),
        (f'"GET /razzbery/pay/{TOKEN}/?lang=ar HTTP/1.1" 200', '"GET /razzbery/pay/AQAA…/?lang=ar HTTP/1.1" 200'),
        ("GET /razzbery/gateway/return?data=c0ffee&lang=ar", "GET /razzbery/gateway/return?data=…&lang=ar"),
        (f"/razzbery/c/{TOKEN}?lang=ar&visit=c.1xV7.Mx85", "/razzbery/c/AQAA…?lang=ar&visit=…"),
        ("/razzbery/pay/AQAA", "/razzbery/pay/AQAA"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_tokens_are_cut(message: str, written: str) -> None:
    assert line(message) == written


def test_arguments_and_tracebacks_are_cut_too() -> None:
    assert line("at %s", f"/a/pay/{TOKEN}") == "at /a/pay/AQAA…"
    try:
        raise ValueError(f"/a/pay/{TOKEN}")
    except ValueError:
        assert TOKEN not in line("failed", exc_info=sys.exc_info())


@pytest.mark.django_db
def test_a_failing_page_leaves_no_token_in_the_log(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the handler and formatter that settings configure."""
    (handler,) = (each for each in logging.getLogger().handlers if isinstance(each.formatter, DiscreetFormatter))
    written = StringIO()
    monkeypatch.setattr(handler, "stream", written)
    path = page_of(owed_bill(make_shop()))
    token = path.rpartition("/")[2]

    def refuse(*args: Any) -> None:
        raise OperationalError(f"while looking for {path}")

    with connection.execute_wrapper(refuse):
        assert client.get(path).status_code == 503

    assert f"Service Unavailable: /razzbery/pay/{token[:4]}…" in written.getvalue()
    assert token not in written.getvalue()


@pytest.mark.parametrize(
    ("address", "written"),
    [
        (f"/razzbery/pay/{TOKEN}/", "/razzbery/pay/…"),
        (f"/razzbery/c/{TOKEN}?lang=ar", "/razzbery/c/…"),
        (f"/admin/door/invitation/{TOKEN}/", "/admin/door/invitation/…"),
        (f"/admin/door/password/MQ/{TOKEN}/", "/admin/door/password/MQ/…"),
        ("/razzbery/gateway/return?data=0123abcd", "/razzbery/gateway/return…"),
        ("/admin/billing/customer/?q=0777839071", "/admin/billing/customer/…"),
        ("/razzbery/v1/add/bill", "/razzbery/v1/add/bill"),
    ],
)
def test_the_proxys_log_holds_no_link_and_no_query(address: str, written: str) -> None:
    """Read with Python's expressions, which agree with Caddy's in what this one uses."""
    caddyfile = (settings.BASE_DIR / "docs" / "deploy" / "Caddyfile").read_text()
    (pattern, replacement) = re.findall(r"request>uri regexp (\S+) (\S+)", caddyfile)[0]

    assert re.sub(pattern, replacement.replace("$1", r"\1"), address) == written


def test_no_logger_writes_past_the_formatter() -> None:
    assert settings.LOGGING["loggers"]["django"].get("handlers") is None
    for name in ("django", "django.request", "django.server"):
        assert logging.getLogger(name).handlers == []
        assert logging.getLogger(name).propagate
