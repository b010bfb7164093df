"""
The forms of customers' pages. Pages set no cookie, so there is no CSRF cookie either.

In its place each form carries a token bound to its page and to what it does, and the browser's own word on where it
was sent from.
"""

from __future__ import annotations

import enum
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

MOST_BYTES: Final = 4096
VALID_FOR: Final = timedelta(hours=2)


class Act(enum.StrEnum):
    """What a form does."""

    PAY = "pay"
    NEW_LINK = "new-link"
    NOT_ME = "not-me"
    CONFIRM_PHONE = "confirm-phone"


class FormRefused(Exception):
    """Not sent by our own page, or by one left open too long. Nothing was done."""


def make_form_token(*, username: str, link_token: str, act: Act) -> str:
    return _signer(username, link_token).sign(act)


def check_form(request: HttpRequest, *, username: str, link_token: str) -> Act:
    """
    What the form does.

    :raises FormRefused: unless this page sent it for that, in the last two hours, from our own origin
    """
    if not (_is_small_form(request) and _is_from_here(request)):
        raise FormRefused
    try:
        act = Act(_signer(username, link_token).unsign(request.POST.get("form", ""), max_age=VALID_FOR))
    except (BadSignature, ValueError):
        raise FormRefused from None
    if act != request.POST.get("act"):
        raise FormRefused
    return act


def _signer(username: str, link_token: str) -> TimestampSigner:
    return TimestampSigner(salt=f"invoices.pages.forms/{username}/{link_token}")


def _is_small_form(request: HttpRequest) -> bool:
    """Checked before the body is read: parsing would store a stranger's uploads on our disk."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_form = request.content_type == "application/x-www-form-urlencoded"
    return is_form and length.isdecimal() and int(length) <= MOST_BYTES


def _is_from_here(request: HttpRequest) -> bool:
    """Browsers too old to say so say nothing; they have the form's token alone."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin in _own_origins(request)


def _own_origins(request: HttpRequest) -> set[str]:
    public = urlsplit(settings.PUBLIC_BASE_URL)
    return {f"{public.scheme}://{public.netloc}", f"{request.scheme}://{request.get_host()}"}
