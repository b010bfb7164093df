"""Whether a link that the gateway named may be followed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_PRINTABLE: Final = re.compile(r"[!-\[\]-~]+")  # ASCII without spaces, controls and the backslash
_HOST: Final = r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
_AUTHORITY: Final = re.compile(rf"{_HOST}(?::[0-9]{{1,5}})?")
_WILDCARD: Final = re.compile(r"\*\.[a-z0-9-]+(?:\.[a-z0-9-]+)+")  # never a whole top-level domain


class UnsafeLink(ValueError):
    """Nowhere a customer may be sent; the reason is for the log."""


@dataclass(frozen=True, kw_only=True)
class GatewayLink:
    """A link that may be followed; `origin` is what the content security policy has to allow for it."""

    url: str
    host: str
    origin: str


def check_gateway_link(url: str, *, allowed_hosts: Iterable[str], allow_http: bool) -> GatewayLink:
    """
    The link, if it leads to one of the account's own hosts.

    :param allowed_hosts: names, or `*.example.com` for every name below example.com
    :param allow_http: development only; otherwise https alone
    :raises UnsafeLink: for everything else, and for what browsers and we could read differently (Y15)
    """
    if not _PRINTABLE.fullmatch(url):
        raise UnsafeLink("it has characters that no address has")
    try:
        parts = urlsplit(url)
        host, authority = parts.hostname or "", parts.netloc.lower()
        _ = parts.port  # raises for one that no host can have
    except ValueError:
        raise UnsafeLink("it is malformed") from None
    if parts.scheme not in ({"https", "http"} if allow_http else {"https"}):
        raise UnsafeLink("it is not https")
    if not _AUTHORITY.fullmatch(authority):
        raise UnsafeLink("its host is malformed")
    if not any(_covers(pattern.lower(), host) for pattern in allowed_hosts):
        raise UnsafeLink("its host is none of the account's")
    return GatewayLink(url=url, host=host, origin=f"{parts.scheme}://{authority}")


def origins_of(hosts: Iterable[str]) -> list[str]:
    """Hosts as sources of a content security policy; malformed ones are left out, they could end a directive."""
    names = [host.lower() for host in hosts]
    return [f"https://{name}" for name in names if _AUTHORITY.fullmatch(name) or _WILDCARD.fullmatch(name)]


def _covers(pattern: str, host: str) -> bool:
    if _WILDCARD.fullmatch(pattern):
        return host.endswith(pattern[1:]) and host != pattern[2:]
    return host == pattern
