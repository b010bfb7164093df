"""Sentences that were stored in English when something failed, in the language of whoever reads them now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from django.utils.translation import gettext, gettext_noop

# What a call over the network says when it failed; `%(name)s` stands for what differs from one time to the next.
CALLS: Final = (
    gettext_noop("The host name could not be looked up."),
    gettext_noop("The host name leads to a private address."),
    gettext_noop("No connection could be made."),
    gettext_noop("The address must begin with https://."),
    gettext_noop("The deadline had passed before anything was sent."),
    gettext_noop("It could not be reached (in time)."),
    gettext_noop("It could not be reached (%(cause)s)."),
    gettext_noop("No whole answer came (in time)."),
    gettext_noop("No whole answer came (%(cause)s)."),
    gettext_noop("The answer is larger than 256 KiB."),
)


def in_words(text: str, sentences: Sequence[str] = CALLS) -> str:
    """:param sentences: those with places to fill; others need only stand in the catalogue"""
    for sentence in sentences:
        if found := _pattern(sentence).fullmatch(text):
            return gettext(sentence) % found.groupdict()
    return gettext(text) if text else ""


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(sentence)))
