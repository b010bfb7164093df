"""In which language a customer reads."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from invoices.pages.queries import query_value

NAMES: Final = {"ar": "العربية", "en": "English"}


def choose_language(request: HttpRequest, *, customer: str = "", merchant: str = "") -> str:
    """
    `?lang=`, else the customer's record, else the browser's wish, else the merchant's.

    No cookie is read or set: the choice travels in the address.
    """
    for language in (query_value(request, "lang"), customer, _wished(request), merchant):
        if language in NAMES:
            return language
    return str(settings.LANGUAGE_CODE)


def stated_language(request: HttpRequest) -> str:
    """What `?lang=` says, if that is a language of ours; empty else."""
    stated = query_value(request, "lang")
    return stated if stated in NAMES else ""


def other_language(language: str) -> str:
    return "en" if language == "ar" else "ar"


def _wished(request: HttpRequest) -> str:
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    primary = (language.partition("-")[0] for language, _ in accepted)
    return next((language for language in primary if language in NAMES), "")
