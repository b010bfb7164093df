"""
Who reads a page: a person, or a machine that previews links in messages or scans mail.

Machines are served alike and never counted (Y04). Guessed from what they say of themselves: one that lies like a
browser is counted, which costs nothing but a number that is one too high.
"""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest

# As they name themselves; "bot" and its like cover most, but Cubot makes cheap phones. In-app browsers of people name
# their app beside "Mozilla", so an app's own name stands here only where its preview agent bears it alone.
_MACHINES: Final = re.compile(
    r"(?<!cu)bot(?:\b|_)|crawl|spider|slurp|preview|scan|fetch|monitor|facebookexternalhit|facebookcatalog|meta-external"
    r"|safelinks|microsoft office|ms-office|outlook|skypeuripreview|proofpoint|mimecast|barracuda|headless"
    r"|^(?:whatsapp|telegram|viber|signal|curl|wget|python|go-http-client|java|okhttp|node|axios|libwww|apache-http)",
    re.IGNORECASE,
)


def is_person(request: HttpRequest) -> bool:
    """Whether somebody has, as far as can be told, just opened the page to look at it."""
    agent = request.headers.get("User-Agent", "")
    return request.method == "GET" and _MACHINES.search(agent) is None and bool(agent) and _is_navigation(request)


def _is_navigation(request: HttpRequest) -> bool:
    """Not a prefetch; browsers too old to say what a request is for are believed."""
    purpose = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    if "pre" in purpose.lower():  # prefetch, prerender, preview
        return False
    mode, destination = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
    return mode in (None, "navigate") and destination in (None, "document")
