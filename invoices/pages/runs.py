"""Texts that others wrote, marked with their own direction and language: screen readers change voice by it."""

from __future__ import annotations

import unicodedata

from django.utils.html import format_html
from django.utils.safestring import SafeString


def language_of(text: str) -> str:
    """By its first letter, which sets the direction of a `bdi` too: `ar`, `en`, or empty where neither is likely."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("AL", "R"):
            return "ar"
        if direction == "L":
            return "en" if character.isascii() else ""
    return ""


def as_run(text: str) -> SafeString:
    language = language_of(text)
    if not language:
        return format_html("<bdi>{}</bdi>", text)
    return format_html('<bdi lang="{}">{}</bdi>', language, text)


def as_code(text: str) -> SafeString:
    """Numbers and addresses: from left to right in Arabic too."""
    return format_html('<bdi dir="ltr">{}</bdi>', text)
