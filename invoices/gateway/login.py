"""The bearer login of newer gateway accounts (gateway.md, Transport)."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from invoices.gateway import wire_json
from invoices.gateway.answers import read_answer
from invoices.gateway.calls import Purpose, address
from invoices.gateway.credentials import GatewayCredentials
from invoices.gateway.errors import CredentialsRefused, ReplyInvalid, Unanswered, Unavailable
from invoices.gateway.raw_answers import Transport, TransportError
from invoices.gateway.readings import integer_of, object_of, text_of
from invoices.gateway.refusals import check_status

LONGEST_TOKEN = 6_000
LIFETIME = 900  # seconds, gateway.md
# A create must not meet an expired token: its 401 may come after processing (reliability.md, G10).
RENEWED_BEFORE = 120


@dataclass(frozen=True, kw_only=True)
class _Tokens:
    access: str
    refresh: str | None
    good_until: float


class BearerLogin:
    """Holds one account's tokens, renewed ahead of time; safe to share between threads."""

    def __init__(self, *, credentials: GatewayCredentials, transport: Transport) -> None:
        self._credentials = credentials
        self._transport = transport
        self._tokens: _Tokens | None = None
        self._lock = threading.Lock()

    def access_token(self, *, ends_at: float) -> str:
        """
        A token good for a while yet.

        :raises Unavailable: if none could be had by ``ends_at``; nothing was changed
        :raises CredentialsRefused: if the gateway refuses name and password
        """
        if not self._lock.acquire(timeout=max(ends_at - time.monotonic(), 0.0)):
            raise Unavailable("Another call is still waiting for the gateway's login.")
        try:
            if self._tokens is None or time.monotonic() >= self._tokens.good_until:
                self._tokens = self._renewed(ends_at) or self._logged_in(ends_at)
            return self._tokens.access
        finally:
            self._lock.release()

    def forget(self, access_token: str) -> None:
        """Drop a token the gateway refused, unless another thread has already replaced it."""
        with self._lock:
            if self._tokens is not None and self._tokens.access == access_token:
                self._tokens = replace(self._tokens, good_until=0.0)

    def _renewed(self, ends_at: float) -> _Tokens | None:
        if self._tokens is None or self._tokens.refresh is None:
            return None
        refresh = self._tokens.refresh
        self._tokens = None
        try:
            return self._ask("/api/v1/token-refresh", {"refreshToken": refresh}, ends_at)
        except CredentialsRefused:
            return None

    def _logged_in(self, ends_at: float) -> _Tokens:
        username, password = self._credentials.login_username, self._credentials.login_password
        return self._ask("/api/v1/login", {"username": username, "password": password}, ends_at)

    def _ask(self, path: str, content: Mapping[str, str | None], ends_at: float) -> _Tokens:
        asked_at = time.monotonic()
        try:
            raw = self._transport.send(
                method="POST",
                url=address(self._credentials.base_url, path),
                headers=json_headers(self._credentials),
                body=wire_json.dump(content).encode("ascii"),
                deadline=ends_at,
            )
            check_status(raw, purpose=Purpose.ASK)
            answer = read_answer(body=raw.body, ciphers=[self._credentials.cipher()])
        except (TransportError, ReplyInvalid) as failure:
            raise Unanswered("The gateway's login does not answer.") from failure
        if answer.status is False or raw.status >= 400:
            raise CredentialsRefused(answer.message or "The gateway refused the login.", code=answer.code)
        return _tokens_of(answer.response, asked_at=asked_at)


def json_headers(credentials: GatewayCredentials) -> dict[str, str]:
    """The headers of every call."""
    return {
        "accessCode": credentials.access_code,
        "Accept": "application/json",
        "Content-Type": "application/json",
    }


def _tokens_of(response: object, *, asked_at: float) -> _Tokens:
    token = object_of(object_of(response).get("token", response))
    access = text_of(token.get("access_token"), limit=LONGEST_TOKEN)
    if access is None or not access.isascii():
        raise Unavailable("The gateway's login gave no token.")
    lifetime = min(integer_of(token.get("expires_in")) or LIFETIME, LIFETIME)
    return _Tokens(
        access=access,
        refresh=text_of(token.get("refresh_token"), limit=LONGEST_TOKEN),
        good_until=asked_at + max(lifetime - RENEWED_BEFORE, lifetime / 2),
    )
