"""What becomes of a callback that was looked at: it is closed, or put off."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from invoices.models import GatewayCallback, Invoice
from invoices.services.forgetting.afterwards import is_forgotten

State = GatewayCallback.State
MOST_ATTEMPTS: Final = 60


def put_off(
    callback: GatewayCallback, invoice: Invoice | None, until: datetime, problem: str, *, counts: bool = True
) -> None:
    """
    To be looked at again from then on; for good where it was put off too often.

    :param counts: as an attempt: the gateway was asked
    """
    if not counts:
        callback.attempts -= 1
    if callback.attempts >= MOST_ATTEMPTS:
        problem = "the gateway could not be asked; polling goes on"
        close(callback, State.IGNORED, now=until, invoice=invoice, problem=problem)
        return
    callback.invoice, callback.next_attempt_at, callback.problem = invoice, until, problem[:200]
    _save(callback, "invoice", "next_attempt_at", "problem", "attempts")


def close(
    callback: GatewayCallback,
    state: GatewayCallback.State,
    *,
    now: datetime,
    invoice: Invoice | None = None,
    problem: str = "",
) -> None:
    """
    Done with, unless the same comes once more.

    :param problem: why nothing came of it, or that its payment failed
    """
    callback.state, callback.invoice, callback.problem = state, invoice, problem
    callback.next_attempt_at = now  # when it was last looked at: the same once more is not at once worth asking again
    _save(callback, "state", "invoice", "problem", "next_attempt_at")


def _save(callback: GatewayCallback, *fields: str) -> None:
    """What comes after its customer was forgotten names them again: its digest is enough to know it by."""
    if callback.invoice and is_forgotten(customer_id=callback.invoice.customer_id):
        callback.payload, fields = b"", (*fields, "payload")
    callback.save(update_fields=fields)
