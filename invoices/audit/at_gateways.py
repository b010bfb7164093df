"""I2: at the gateway there is at most one not-cancelled invoice for each reference, and it is the one we know."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from typing import Final

from django.utils.translation import gettext_noop

from invoices.audit.difference import Difference
from invoices.gateway.client import GatewayInvoice
from invoices.gateway.codes import InvoiceStatus
from invoices.gateway.errors import GatewayError
from invoices.models import Invoice
from invoices.services.gateways import client_for

_AT_ONCE: Final = 8
_IN_MEMORY: Final = 500


def one_at_the_gateway(*, now: datetime) -> Iterator[Difference]:
    """Asks once per invoice that was ever called for, a few at a time: as slow as the gateways."""
    called_for = Invoice.objects.filter(attempts__gt=0, gateway_account__can_enquire=True)
    invoices = called_for.select_related("gateway_account").order_by("pk").iterator(chunk_size=_IN_MEMORY)
    with ThreadPoolExecutor(_AT_ONCE) as askers:
        while some := list(islice(invoices, _IN_MEMORY)):
            for invoice, answer in zip(some, askers.map(_ask, some), strict=True):
                problem, evidence = _problem(invoice, answer)
                if problem:
                    yield Difference(
                        invariant="I2",
                        merchant_id=invoice.merchant_id,
                        subject="Invoice",
                        subject_id=invoice.pk,
                        problem=problem,
                        evidence=evidence,
                    )


def _ask(invoice: Invoice) -> list[GatewayInvoice] | Exception:
    """In a thread of its own, which asks the database nothing."""
    assert invoice.gateway_account is not None
    try:
        return client_for(invoice.gateway_account).find_invoices(invoice.reference)
    except GatewayError as failure:
        return failure


def _problem(invoice: Invoice, answer: list[GatewayInvoice] | Exception) -> tuple[str, str]:
    if isinstance(answer, Exception):
        return gettext_noop("the gateway could not be asked"), str(answer)
    alive = [one for one in answer if one.status != InvoiceStatus.CANCELLED]
    return _disagreement(invoice, alive), f"{len(alive)}" if len(alive) > 1 else ""


def _disagreement(invoice: Invoice, alive: list[GatewayInvoice]) -> str:
    if len(alive) > 1:
        return gettext_noop("several invoices can be paid at the gateway")
    is_live_for_us = invoice.status == Invoice.Status.OPEN and invoice.delivery == Invoice.Delivery.SENT
    if is_live_for_us and not alive:
        return gettext_noop("we hold it open and sent, the gateway has none")
    if invoice.status == Invoice.Status.CANCELLED and alive:
        return gettext_noop("we hold it cancelled, at the gateway it can be paid")
    if alive and alive[0].status == InvoiceStatus.PAID and not invoice.payments.exists():
        return gettext_noop("it is paid at the gateway, and we have no payment")
    return ""
