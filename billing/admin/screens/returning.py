"""Where a person who was sent to an act from another page goes on afterwards."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

_NEXT: Final = "next"


def returning_to(url: str, back: str) -> str:
    """The address of an act, with the page of ours to go back to."""
    return f"{url}?{urlencode({_NEXT: back})}"


def asked_back(request: HttpRequest) -> str:
    """Empty where no page is named, or one of somebody else."""
    stated = request.GET.get(_NEXT, "")
    is_ours = stated.startswith("/") and url_has_allowed_host_and_scheme(stated, allowed_hosts=None)
    return stated if is_ours else ""
