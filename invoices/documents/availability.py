"""Whether this machine can make PDF. Where it cannot, pages are printed by the browser instead."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Iterable
from functools import cache
from typing import Final

from django.conf import settings

# Each under its names on Linux and on a Mac. WeasyPrint loads the same ones when it is imported.
_NEEDED: Final = (
    ("libgobject-2.0.so.0", "libgobject-2.0.dylib"),
    ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    ("libharfbuzz.so.0", "libharfbuzz.dylib"),
    ("libfontconfig.so.1", "libfontconfig.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
)


def can_make_pdf() -> bool:
    """Found out without importing WeasyPrint: that takes a second, and memory that most processes never need."""
    return bool(settings.PDF_DOCUMENTS) and _has_what_it_needs()


def find_missing(libraries: Iterable[tuple[str, ...]]) -> list[str]:
    """The libraries that can be loaded under none of their names, by their first one."""
    return [names[0] for names in libraries if not any(_loads(name) for name in names)]


@cache
def _has_what_it_needs() -> bool:
    return importlib.util.find_spec("weasyprint") is not None and not find_missing(_NEEDED)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
