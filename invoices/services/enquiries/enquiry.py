"""Asking the gateway about an invoice, and what its answer comes to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from billing.money import has_more_decimals
from invoices.gateway.client import GatewayClient, GatewayInvoice, Transaction
from invoices.gateway.codes import InvoiceStatus, TransactionStatus
from invoices.gateway.errors import ReplyInvalid
from invoices.models import Enquiry, Invoice

Finding = Enquiry.Finding


@dataclass(frozen=True, kw_only=True)
class Answer:
    """
    What the gateway says of one of our invoices; nothing is stored yet.

    For PAID, `paid_amount` is what was paid and `transaction_token` the payment's key, empty where the gateway did
    not name it. `alive` are the not-cancelled invoices it holds under our reference, the oldest first. `is_pending`
    means that the payment somebody claims was made is still under way, `has_failed` that it will not come.
    """

    finding: Finding
    reference: str = ""
    paid_amount: Decimal | None = None
    transaction_token: str = ""
    payment_type: str = ""
    detail: str = ""
    alive: tuple[GatewayInvoice, ...] = ()
    found: GatewayInvoice | None = None
    is_pending: bool = False
    has_failed: bool = False


def ask(client: GatewayClient, invoice: Invoice, *, transaction_token: str = "") -> Answer:
    """
    Ask about an invoice, and about a payment somebody claims was made for it.

    :param transaction_token: a claimed payment's token, from a callback; it counts only if the gateway says that it
        succeeded and was for this invoice's reference
    :raises GatewayError: if no believable answer came: nothing is known then
    """
    claimed = _claimed(client, transaction_token) if transaction_token else None
    status = claimed.status if claimed and claimed.reference == invoice.reference else None
    if claimed and status == TransactionStatus.SUCCESSFUL:
        return _paid(invoice, claimed, found=_not_yet_known(client, invoice))
    answer = _ask_about(client, invoice)
    return replace(
        answer,
        is_pending=answer.is_pending or status == TransactionStatus.PENDING,
        has_failed=status == TransactionStatus.FAILED,
    )


def _claimed(client: GatewayClient, token: str) -> Transaction | None:
    """Anybody can make up a token: what the gateway says of it and cannot be read is nobody's failure."""
    try:
        return client.get_transaction(token)
    except ReplyInvalid:
        return None


def _ask_about(client: GatewayClient, invoice: Invoice) -> Answer:
    if invoice.gateway_id:
        found = client.get_invoice(invoice.gateway_id)
        return _interpret(client, invoice, [found] if found else [])
    return _interpret(client, invoice, client.find_invoices(invoice.reference))


def _not_yet_known(client: GatewayClient, invoice: Invoice) -> GatewayInvoice | None:
    """The gateway's invoice, where it was paid before we learned that it exists (C3)."""
    return None if invoice.gateway_id else min(client.find_invoices(invoice.reference), key=_age, default=None)


def _interpret(client: GatewayClient, invoice: Invoice, found: list[GatewayInvoice]) -> Answer:
    if not found:
        return Answer(finding=Finding.NOT_FOUND)
    if contradiction := _contradiction(invoice, found):
        return Answer(finding=Finding.CONTRADICTION, detail=contradiction, reference=found[0].reference)
    alive = tuple(sorted((one for one in found if one.status != InvoiceStatus.CANCELLED), key=_age))
    paid = next((one for one in alive if one.status == InvoiceStatus.PAID), None)
    if paid:
        return _paid_invoice(client, invoice, paid, alive)
    if alive:
        return Answer(finding=Finding.UNPAID, reference=invoice.reference, alive=alive, found=alive[0])
    return _cancelled_invoice(client, invoice, found[0])


def _cancelled_invoice(client: GatewayClient, invoice: Invoice, cancelled: GatewayInvoice) -> Answer:
    """Cancelled there, unless a payment begun before has succeeded after all."""
    transaction = client.get_transaction_by_reference(invoice.reference)
    if transaction and transaction.status == TransactionStatus.SUCCESSFUL:
        return _paid(invoice, transaction, found=cancelled)
    is_pending = transaction is not None and transaction.status == TransactionStatus.PENDING
    return Answer(finding=Finding.CANCELLED, reference=invoice.reference, found=cancelled, is_pending=is_pending)


def _contradiction(invoice: Invoice, found: list[GatewayInvoice]) -> str:
    for one in found:
        if one.reference and one.reference != invoice.reference:
            return "the gateway's invoice has another reference"
        if one.amount is not None and one.amount != invoice.amount:
            return f"the gateway's invoice is over {one.amount}, ours over {invoice.amount}"
    return ""


def _age(found: GatewayInvoice) -> tuple[int, str]:
    """Oldest first: the gateway's ids grow."""
    return (int(found.gateway_id), "") if found.gateway_id.isdecimal() else (0, found.gateway_id)


def _paid_invoice(
    client: GatewayClient, invoice: Invoice, paid: GatewayInvoice, alive: tuple[GatewayInvoice, ...]
) -> Answer:
    """A paid invoice, with the transaction that paid it where the gateway knows one."""
    transaction = client.get_transaction_by_reference(invoice.reference)
    if transaction is None or transaction.status != TransactionStatus.SUCCESSFUL:
        token = paid.transaction_token or ""
        return Answer(
            finding=Finding.PAID,
            reference=invoice.reference,
            paid_amount=paid.amount or invoice.amount,
            transaction_token=token,
            alive=alive,
            found=paid,
        )
    return _paid(invoice, transaction, alive=alive, found=paid)


def _paid(
    invoice: Invoice,
    transaction: Transaction,
    *,
    alive: tuple[GatewayInvoice, ...] = (),
    found: GatewayInvoice | None = None,
) -> Answer:
    if transaction.amount is not None and transaction.amount <= 0:
        return Answer(finding=Finding.CONTRADICTION, detail="a successful payment of nothing", found=found)
    if transaction.amount is not None and has_more_decimals(transaction.amount, 3):
        detail = f"a successful payment of {transaction.amount}, which is finer than a thousandth"
        return Answer(finding=Finding.CONTRADICTION, detail=detail, found=found)
    return Answer(
        finding=Finding.PAID,
        reference=transaction.reference or invoice.reference,
        paid_amount=transaction.amount if transaction.amount is not None else invoice.amount,
        transaction_token=transaction.token,
        payment_type=transaction.payment_type,
        alive=alive,
        found=found,
    )


def store_enquiry(invoice: Invoice, answer: Answer, *, now: datetime) -> Enquiry:
    """Keep an answer that changes something: it is the evidence for the change."""
    assert invoice.gateway_account is not None
    return Enquiry.objects.create(
        merchant_id=invoice.merchant_id,
        invoice=invoice,
        gateway_account=invoice.gateway_account,
        finding=answer.finding,
        reference=answer.reference,
        amount=answer.paid_amount,
        merchant_code=invoice.gateway_account.merchant_code,
        transaction_token=answer.transaction_token,
        detail=answer.detail,
        asked_at=now,
    )
