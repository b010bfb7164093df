"""Invoices that gateways hold, and the restored database has forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final

from billing.identifiers import number_beginning
from billing.models import NumberSequence
from invoices.gateway.client import GatewayInvoice
from invoices.gateway.codes import InvoiceStatus
from invoices.models import GatewayAccount, Invoice
from invoices.services.gateways import client_for

_IN_MEMORY: Final = 500


@dataclass(frozen=True, kw_only=True)
class ForgottenInvoice:
    """One that the gateway of `account` holds under a reference of ours that is in none of our rows."""

    account: GatewayAccount
    held: GatewayInvoice

    @property
    def can_be_paid(self) -> bool:
        return self.held.status not in (InvoiceStatus.CANCELLED, InvoiceStatus.PAID)

    @property
    def is_paid(self) -> bool:
        return self.held.status == InvoiceStatus.PAID


def held_by_gateway(account: GatewayAccount, *, since: date, until: date) -> Iterator[list[GatewayInvoice]]:
    """
    What the gateway holds under our numbers of these days, the last one included, some hundred at a time.

    :raises GatewayError: if the account cannot be asked, or not to the end: what was not seen is not absent
    """
    client = client_for(account)
    for days in range((until - since).days + 1):
        numbered = client.invoices_numbered(number_beginning(NumberSequence.Kind.INVOICE, since + timedelta(days=days)))
        while some := list(islice(numbered, _IN_MEMORY)):
            yield some


def forgotten_among(held: list[GatewayInvoice], *, account: GatewayAccount) -> list[ForgottenInvoice]:
    """Those that are in none of our rows."""
    references = {one.reference for one in held}
    known = set(Invoice.objects.filter(reference__in=references).values_list("reference", flat=True))
    return [ForgottenInvoice(account=account, held=one) for one in held if one.reference not in known]


def withdraw(forgotten: ForgottenInvoice) -> ForgottenInvoice:
    """
    Cancel its link at the gateway, and look again: it may have been paid meanwhile.

    :raises GatewayError:
    """
    client = client_for(forgotten.account)
    client.cancel_invoice(forgotten.held.token)
    held = client.get_invoice(forgotten.held.gateway_id)
    return ForgottenInvoice(account=forgotten.account, held=held or forgotten.held)
