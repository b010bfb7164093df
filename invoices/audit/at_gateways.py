"""I2: at the gateway there is at most one not-cancelled invoice for each reference, and it is the one we know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_noop

from invoices.audit.difference import Difference
from invoices.gateway.client import GatewayInvoice
from invoices.gateway.codes import InvoiceStatus
from invoices.gateway.errors import CipherError, GatewayError
from invoices.models import Invoice
from invoices.services.gateways import client_for


def one_at_the_gateway(*, now: datetime) -> Iterator[Difference]:
    """Asks once per invoice that was ever called for: as slow as the gateway."""
    called_for = Invoice.objects.filter(attempts__gt=0, gateway_account__can_enquire=True)
    for invoice in called_for.select_related("gateway_account").iterator():
        problem, evidence = _problem(invoice)
        if problem:
            yield Difference(
                invariant="I2",
                merchant_id=invoice.merchant_id,
                subject="Invoice",
                subject_id=invoice.pk,
                problem=problem,
                evidence=evidence,
            )


def _problem(invoice: Invoice) -> tuple[str, str]:
    assert invoice.gateway_account is not None
    try:
        found = client_for(invoice.gateway_account).find_invoices(invoice.reference)
    except (GatewayError, CipherError) as failure:
        return gettext_noop("the gateway could not be asked"), str(failure)
    alive = [one for one in found if one.status != InvoiceStatus.CANCELLED]
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
