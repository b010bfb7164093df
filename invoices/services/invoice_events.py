"""What happens to an invoice, written into its own timeline."""

from __future__ import annotations

from billing.models import Event
from billing.services import record_event
from invoices.models import Invoice


def record_invoice_event(invoice: Invoice, name: str, *, actor: str, **details: str) -> None:
    """:param actor: as of `record_event`"""
    record_event(
        merchant_id=invoice.merchant_id,
        subject=Event.Subject.INVOICE,
        subject_id=invoice.pk,
        name=name,
        actor=actor,
        **details,
    )
