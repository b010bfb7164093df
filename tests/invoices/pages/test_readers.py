"""A person who opens a page is told from what previews links and scans mail (Y04)."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from invoices.pages.readers import is_person

ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1"
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def opened(agent: str, method: str = "GET", **headers: str) -> bool:
    stated = {"User-Agent": agent, **headers}
    return is_person(RequestFactory().generic(method, "/razzbery/pay/x", headers=stated))


@pytest.mark.parametrize(
    "agent",
    [
        ANDROID,
        IPHONE,
        "Mozilla/5.0 (Linux; Android 9; CUBOT_NOVA) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0 Mobile",
        "Mozilla/5.0 (Linux; Android 9; CUBOT) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0 Mobile",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/470.0]",
        "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 Chrome/126.0 Mobile Telegram-Android/10.14",
        "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; ar) Presto/2.12.423 Version/12.16",
    ],
)
def test_people_open_pages_in_browsers_old_and_new(agent: str) -> None:
    assert opened(agent)
    assert opened(agent, **NAVIGATION)


@pytest.mark.parametrize(
    "agent",
    [
        "WhatsApp/2.24.11.79 A",
        "TelegramBot (like TwitterBot)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "Twitterbot/1.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Microsoft Office/16.0 (Microsoft Outlook Mail 16.0)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (Windows NT 10.0) Microsoft-SafeLinks",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0 Safari/537.36",
        "Viber/20.1",
        "curl/8.5.0",
        "python-requests/2.32",
        "Go-http-client/1.1",
        "okhttp/4.9",
        "",
    ],
)
def test_previews_scanners_and_programs_are_no_people(agent: str) -> None:
    assert not opened(agent)


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_looking_is_a_get(method: str) -> None:
    assert not opened(ANDROID, method)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
        ("X-Purpose", "preview"),
        ("X-Moz", "prefetch"),
        ("Sec-Fetch-Mode", "no-cors"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
        ("Sec-Fetch-Dest", "iframe"),
        ("Sec-Fetch-Dest", "image"),
    ],
)
def test_what_a_browser_loads_ahead_or_aside_is_not_an_opening(header: str, value: str) -> None:
    assert not opened(ANDROID, **NAVIGATION | {header: value})
