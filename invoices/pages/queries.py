"""What stands behind the question mark, without Django's limits: these addresses never answer 400."""

from __future__ import annotations

from urllib.parse import parse_qs

from django.http import HttpRequest


def query_values(request: HttpRequest, name: str) -> list[str]:
    """Every value given under this name; blank ones too."""
    return parse_qs(request.META.get("QUERY_STRING", ""), keep_blank_values=True).get(name, [])


def query_value(request: HttpRequest, name: str) -> str:
    """The first value, empty if there is none."""
    return next(iter(query_values(request, name)), "")
