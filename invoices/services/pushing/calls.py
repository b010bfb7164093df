"""Calls that ask the gateway to create an invoice: under way, and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from invoices.gateway.invoices import GatewayInvoice
from invoices.services.pushing.due_invoices import DueInvoice


class Lease(NamedTuple):
    """What makes an invoice a claim's own."""

    invoice_id: int
    lease_id: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """
    One call under way: the invoice it is for, the lease that makes it ours, and the attempt written down for it.

    `is_in_trouble` says that the account's calls had been failing when it began. By `time.monotonic()` it was begun
    at `begun_at`, and is not sent after `give_up_at`.
    """

    invoice: DueInvoice
    attempt_id: int
    lease_id: str
    today: date
    is_in_trouble: bool
    begun_at: float
    give_up_at: float

    @property
    def account_id(self) -> int:
        return self.invoice.gateway_account_id

    @property
    def lease(self) -> Lease:
        return Lease(self.invoice.id, self.lease_id)

    @property
    def attempts(self) -> int:
        """How often it was tried, this time included."""
        return self.invoice.attempts + 1


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a call ended: with what the gateway created, or with what went wrong."""

    call: Call
    created: GatewayInvoice | None = None
    failure: Exception | None = None

    @property
    def calls_for_care(self) -> bool:
        """Whether it has to be recorded before more is sent: it may mean that the account is to be left alone."""
        return self.failure is not None or self.call.is_in_trouble
