"""Which links a customer may be sent to. Plain calls: the module is pure."""

from __future__ import annotations

import pytest

from invoices.pages.gateway_links import UnsafeLink, check_gateway_link, origins_of

HOSTS = ["sandbox.hesabe.com", "*.pay.example.com", "127.0.0.1", "::1"]


def check(url: str, *, allow_http: bool = False) -> str:
    return check_gateway_link(url, allowed_hosts=HOSTS, allow_http=allow_http).origin


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://sandbox.hesabe.com/invoice/1?a=b#c", "https://sandbox.hesabe.com"),
        ("https://SANDBOX.Hesabe.com/i", "https://sandbox.hesabe.com"),
        ("https://sandbox.hesabe.com:8443/i", "https://sandbox.hesabe.com:8443"),
        ("https://a.pay.example.com/", "https://a.pay.example.com"),
        ("https://a.b.pay.example.com/", "https://a.b.pay.example.com"),
        ("https://[::1]:8000/", "https://[::1]:8000"),
    ],
)
def test_the_accounts_own_hosts_are_followed(url: str, origin: str) -> None:
    assert check(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://sandbox.hesabe.com/%0aalert(1)",
        "data:text/html,hi",
        "//sandbox.hesabe.com/",
        "///sandbox.hesabe.com/",
        "/pay",
        "sandbox.hesabe.com/pay",
        "https:sandbox.hesabe.com",
        "https:/sandbox.hesabe.com",
        "https:///sandbox.hesabe.com",
        "http://sandbox.hesabe.com/",
        "https://evil.test/",
        "https://sandbox.hesabe.com.evil.test/",
        "https://evilsandbox.hesabe.com/",
        "https://sandbox.hesabe.com./",
        "https://user@sandbox.hesabe.com/",
        "https://user:word@sandbox.hesabe.com/",
        "https://sandbox.hesabe.com@evil.test/",
        "https://sandbox.hesabe.com:443@evil.test/",
        "https://evil.test\\@sandbox.hesabe.com/",
        "https:\\\\sandbox.hesabe.com\\",
        "https://sandbox.hesabe.com\\.evil.test/",
        "https://evil.test#@sandbox.hesabe.com/",
        "https://evil.test?@sandbox.hesabe.com/",
        "https://sandbox.hesabe.com:port/",
        "https://sandbox.hesabe.com:123456/",
        "https://sandbox.hesabe.com:99999/",
        "https://sandbox.hesabe.com;script-src/",
        "https://sandbox.hesabe.com /",
        " https://sandbox.hesabe.com/",
        "https://sandbox.hesabe.com/\n",
        "https://sandbox.hes\tabe.com/",
        "https://sandbox.hesabe.com/\x00",
        "https://ｓandbox.hesabe.com/",
        "https://sandbox。hesabe.com/",
        "https://pay.example.com/",
        "https://evilpay.example.com/",
        "https://[::1/",
        "https://[evil]/",
        "https://",
        "",
    ],
)
def test_nothing_else_is(url: str) -> None:
    with pytest.raises(UnsafeLink):
        check(url)


def test_plain_http_is_for_development() -> None:
    assert check("http://127.0.0.1:8000/sandbox/pay/1", allow_http=True) == "http://127.0.0.1:8000"
    with pytest.raises(UnsafeLink):
        check("javascript://127.0.0.1/", allow_http=True)


def test_a_wildcard_never_covers_a_whole_top_level_domain() -> None:
    for pattern in ("*", "*.", "*.com", "**.example.com", "*example.com"):
        with pytest.raises(UnsafeLink):
            check_gateway_link("https://shop.example.com/", allowed_hosts=[pattern], allow_http=False)


def test_what_is_no_host_stays_out_of_the_policy() -> None:
    hosts = ["Pay.Example.com", "*.example.org", "a; script-src *", "b c", "'self'", "*", "*.com", ""]

    assert origins_of(hosts) == ["https://pay.example.com", "https://*.example.org"]
