"""One request to the gateway: what it is for decides what its failure means."""

import time
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, urlencode

from invoices.gateway.errors import Rejected, Unavailable
from invoices.gateway.readings import LONGEST_IDENTIFIER


class Purpose(Enum):
    """What a call does at the gateway."""

    CREATE = "create"  # must never happen twice
    CHANGE = "change"  # cancel: twice does no harm
    NOTIFY = "notify"  # sends the customer a message: must not happen twice
    ASK = "ask"  # changes nothing

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it a second time after an unclear answer does no harm."""
        return self in (Purpose.ASK, Purpose.CHANGE)


@dataclass(frozen=True, kw_only=True)
class Call:
    """
    A request before authentication.

    ``ends_at`` and ``give_up_at`` are ``time.monotonic()`` instants: when everything stops, and
    after when the call may no longer begin. ``with_login`` is False for the payment gateway, which
    knows no bearer tokens.
    """

    purpose: Purpose
    method: str
    url: str
    body: bytes | None
    ends_at: float
    give_up_at: float | None = None
    with_login: bool = True

    def check_may_begin(self) -> None:
        """:raises Unavailable: if its time has passed; nothing was sent then."""
        now = time.monotonic()
        if now >= self.ends_at or (self.give_up_at is not None and now >= self.give_up_at):
            raise Unavailable("It was too late to begin the call.")


def path_segment(text: str) -> str:
    """
    Text as one segment of a path: "a/b" becomes "a%2Fb".

    :raises Rejected: for empty text, "." and "..", which would name another resource, and absurd length
    """
    refusal = "The gateway cannot be asked about this identifier."
    if text.strip() in ("", ".", "..") or len(text) > LONGEST_IDENTIFIER:
        raise Rejected(refusal, summary=refusal)
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise Rejected(refusal, summary=refusal) from None


def address(base_url: str, path: str, **query: str) -> str:
    """The URL of a path below the base, with its query."""
    return base_url.rstrip("/") + path + ("?" + urlencode(query) if query else "")
