"""Hosts that certainly are not on the public network. What a name leads to is only known when it is called."""

from __future__ import annotations

import ipaddress


def is_private_host(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
