"""Where a host name leads, and whether we may go there."""

import ipaddress
import queue
import socket
import threading
from typing import NamedTuple

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Address(NamedTuple):
    """What ``socket.connect`` needs; ``peer`` begins with the address's text."""

    family: int
    peer: tuple[str, int] | tuple[str, int, int, int]

    @property
    def is_public(self) -> bool:
        """No loopback, private, link-local, shared or multicast address, wrapped in IPv6 or not."""
        address = _unwrapped(ipaddress.ip_address(self.peer[0]))
        return address.is_global and not address.is_multicast


def look_up(*, host: str, port: int, seconds: float) -> list[Address]:
    """
    The addresses of a host, in the resolver's order.

    :param seconds: the resolver has no time-out of its own that we could set, so it runs in a thread
    :raises OSError: if the name is unknown or the resolver takes longer
    """
    found: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()
    threading.Thread(target=_resolve, args=(host, port, found), daemon=True).start()
    try:
        result = found.get(timeout=max(seconds, 0.0))
    except queue.Empty:
        raise TimeoutError("The name lookup took too long.") from None
    if isinstance(result, OSError):
        raise result
    return result


def _resolve(host: str, port: int, found: "queue.SimpleQueue[list[Address] | OSError]") -> None:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found.put([Address(row[0], row[4]) for row in rows])  # type: ignore[arg-type]
    except (OSError, UnicodeError) as failure:
        found.put(failure if isinstance(failure, OSError) else OSError("The host name is malformed."))


def _unwrapped(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
