"""The real transport: HTTPS over kept-alive connections."""

from collections.abc import Mapping
from http.client import HTTPException

import certifi
from urllib3 import BaseHTTPResponse, PoolManager
from urllib3.exceptions import HTTPError

from invoices.gateway.connections import WatchedPool, WatchedTlsPool
from invoices.gateway.raw_answers import NotSent, RawAnswer, SentButLost, Transport, TransportError
from invoices.gateway.watches import Watch

__all__ = ["HttpTransport", "NotSent", "RawAnswer", "SentButLost", "Transport", "TransportError"]

LARGEST_BODY = 256 * 1024  # bytes
_CHUNK = 16 * 1024


class HttpTransport:
    """
    Sends over HTTP; one instance serves up to 64 threads and should live as long as the process.

    urllib3's pool directly, below ``requests.Session``: a session reads and unpacks the whole body
    of a redirect even when it must not follow it, and would have to be talked out of the
    environment's proxies, .netrc and cookies, none of which exist here.

    :param allow_private: True only in development: also http and private addresses
    :param ca_file: certificate authorities to trust instead of the public ones
    """

    def __init__(self, *, allow_private: bool = False, ca_file: str | None = None) -> None:
        self._allow_private = allow_private
        self._pools = PoolManager(
            num_pools=32,
            maxsize=64,
            retries=False,
            cert_reqs="CERT_REQUIRED",
            ca_certs=ca_file or certifi.where(),
        )
        self._pools.pool_classes_by_scheme = {"http": WatchedPool, "https": WatchedTlsPool}

    def send(
        self, *, method: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline: float
    ) -> RawAnswer:
        """See ``Transport.send``; a body over 256 KiB counts as lost."""
        if not url.lower().startswith(("https://", "http://") if self._allow_private else "https://"):
            raise NotSent("The address must begin with https://.")
        with Watch(deadline=deadline, allow_private=self._allow_private) as watch:
            if watch.seconds_left() <= 0:
                raise NotSent("The deadline had passed before anything was sent.")
            try:
                return self._exchange(method, url, dict(headers), body, watch)
            except (HTTPError, HTTPException, OSError, ValueError) as failure:
                raise _told_apart(failure, watch) from failure

    def _exchange(self, method: str, url: str, headers: dict[str, str], body: bytes | None, watch: Watch) -> RawAnswer:
        response = self._pools.urlopen(
            method,
            url,
            body=body,
            headers=headers | {"Accept-Encoding": "identity"},
            redirect=False,
            retries=False,
            timeout=watch.seconds_left(),
            preload_content=False,
            decode_content=False,
        )
        try:
            answer = RawAnswer(response.status, dict(response.headers), _bounded_body(response))
            if watch.has_expired:
                # A body without a length ends where the connection does, also where we cut it.
                raise TimeoutError
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return answer


def _bounded_body(response: BaseHTTPResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := response.read(_CHUNK, decode_content=False):
        size += len(chunk)
        if size > LARGEST_BODY:
            raise SentButLost("The answer is larger than 256 KiB.")
        parts.append(chunk)
    return b"".join(parts)


def _told_apart(failure: Exception, watch: Watch) -> NotSent | SentButLost:
    cause = "in time" if watch.has_expired or watch.seconds_left() <= 0 else type(failure).__name__
    if watch.has_sent:
        return SentButLost(f"No whole answer came ({cause}).")
    return NotSent(f"It could not be reached ({cause}).")
