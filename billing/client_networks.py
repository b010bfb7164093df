"""Who is calling, as far as limits by address are concerned."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from django.conf import settings
from django.http import HttpRequest

_ONE_CONNECTION: Final = 64  # bits of an IPv6 address that one line has in common; the rest it chooses freely


def client_network(request: HttpRequest) -> str:
    """
    The caller's address, of IPv6 its /64; empty where the server knows none (a Unix socket).

    X-Forwarded-For is believed only as far as TRUSTED_PROXIES says how many proxies of our own wrote to it: the n-th
    entry from the right is what the outermost of them saw, everything before it the caller may have made up.
    """
    remote = str(request.META.get("REMOTE_ADDR", ""))
    address = _parsed(_forwarded(request)) or _parsed(remote)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _ONE_CONNECTION), strict=False))
    return str(address) if address else remote


def _forwarded(request: HttpRequest) -> str:
    count: int = settings.TRUSTED_PROXIES
    entries = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    return entries[-count].strip() if 0 < count <= len(entries) else ""


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
