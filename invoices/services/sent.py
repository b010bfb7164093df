"""What an invoice keeps of the gateway's, once it exists there, and when it is next asked about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from invoices.gateway.invoices import GatewayInvoice

# (age of the invoice, pause until it is asked about again): less and less often, for as long as it is open
_PAUSES: Final = (
    (timedelta(hours=2), timedelta(minutes=5)),
    (timedelta(days=2), timedelta(minutes=30)),
    (timedelta(days=30), timedelta(hours=1)),
)
_LAST_PAUSE: Final = timedelta(hours=12)


def sent_fields(created: GatewayInvoice, *, now: datetime) -> dict[str, Any]:
    """The fields of an invoice that the gateway has."""
    return gateway_fields(created) | fields_when_sent(now=now)


def gateway_fields(created: GatewayInvoice) -> dict[str, Any]:
    """What the gateway calls it."""
    return {
        "gateway_id": created.gateway_id,
        "gateway_token": created.token,
        "gateway_url": created.url,
        "gateway_answer": created.raw,
    }


def fields_when_sent(*, now: datetime) -> dict[str, Any]:
    """What is the same for all that are found sent at one instant."""
    return {
        "sent_at": now,
        "problem": "",
        "unknown_since": None,
        "next_look_at": None,
        "next_poll_at": now + next_poll_pause(timedelta(0)),
    }


def next_poll_pause(age: timedelta) -> timedelta:
    """How long to leave an open invoice of this age alone before asking whether it was paid."""
    return next((pause for limit, pause in _PAUSES if age < limit), _LAST_PAUSE)
