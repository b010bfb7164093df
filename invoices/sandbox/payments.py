"""What happens to an invoice when its customer pays or declines."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from invoices.sandbox.models import InvoiceStatus, SandboxInvoice, SandboxTransaction
from invoices.sandbox.pay_types import first_pay_type

Status = SandboxTransaction.Status


class NotPayable(Exception):
    """Unknown, paid, cancelled or expired: nothing was recorded."""


@transaction.atomic
def pay_invoice(*, token: str, now: datetime, times: int = 1, stays_pending: bool = False) -> list[SandboxTransaction]:
    """
    Take the customer's money: one successful transaction, and the invoice is paid.

    :param times: how often it is taken (a fault may take it twice)
    :param stays_pending: only a pending transaction is made; the next payment completes it
    :raises NotPayable: also for the second of two customers at once: the invoice's row is locked
    """
    invoice = _lock_payable(token=token, now=now)
    if stays_pending and not _pending_of(invoice):
        return [_record(invoice, Status.PENDING, paid_at=None)]

    invoice.status = InvoiceStatus.PAID
    invoice.save(update_fields=["status"])
    pending = _pending_of(invoice)
    made = [_complete(pending, now)] if pending else []
    return made + [_record(invoice, Status.SUCCESSFUL, paid_at=now) for _ in range(times - len(made))]


@transaction.atomic
def decline_invoice(*, token: str, now: datetime) -> SandboxTransaction:
    """
    Record a failed try; the invoice stays unpaid and may be paid later.

    :raises NotPayable: unless it could have been paid
    """
    return _record(_lock_payable(token=token, now=now), Status.FAILED, paid_at=None)


def _lock_payable(*, token: str, now: datetime) -> SandboxInvoice:
    invoice = SandboxInvoice.objects.select_for_update().filter(token=token).first()
    if invoice is None or not invoice.is_payable(today=now.date()):
        raise NotPayable
    return invoice


def _pending_of(invoice: SandboxInvoice) -> SandboxTransaction | None:
    return invoice.transactions.filter(status=Status.PENDING).first()


def _complete(pending: SandboxTransaction, now: datetime) -> SandboxTransaction:
    pending.status = Status.SUCCESSFUL
    pending.paid_at = now
    pending.save(update_fields=["status", "paid_at"])
    return pending


def _record(invoice: SandboxInvoice, status: str, *, paid_at: datetime | None) -> SandboxTransaction:
    made = SandboxTransaction.objects.create(
        invoice=invoice,
        amount=invoice.amount,
        status=status,
        payment_type=first_pay_type(invoice.payload["allocatePayType"]),
        paid_at=paid_at,
    )
    # The database wrote created_at.
    made.refresh_from_db(fields=["created_at"])
    return made
