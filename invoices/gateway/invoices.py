"""An invoice as the gateway describes it (gateway.md, Creating an invoice)."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from invoices.gateway.errors import ReplyInvalid
from invoices.gateway.orders import InvoiceOrder
from invoices.gateway.readings import LONGEST_URL, amount_of, integer_of, object_of, text_of


@dataclass(frozen=True, kw_only=True)
class GatewayInvoice:
    """
    What the gateway holds; a text it left out is "", a number None.

    ``status`` is one of ``codes.InvoiceStatus`` or a number we do not know; ``raw`` is the whole
    object, storable as JSON.
    """

    gateway_id: str
    token: str
    url: str
    reference: str
    amount: Decimal | None
    status: int | None
    transaction_token: str | None
    raw: dict[str, Any] = field(repr=False)


def read_invoice(value: object) -> GatewayInvoice:
    """
    Read one invoice object.

    :raises ReplyInvalid: if it is no object, has no id, token or url, or an unreadable amount
    """
    content = object_of(value)
    invoice = GatewayInvoice(
        gateway_id=text_of(content.get("id")) or "",
        token=text_of(content.get("token")) or "",
        url=text_of(content.get("url"), limit=LONGEST_URL) or "",
        reference=text_of(content.get("reference_number")) or "",
        amount=amount_of(content.get("amount")),
        status=integer_of(content.get("invoice_status")),
        transaction_token=text_of(object_of(content.get("transaction")).get("token")),
        raw=dict(content),
    )
    if not (invoice.gateway_id or invoice.token or invoice.url):
        raise ReplyInvalid("The gateway's answer names no invoice.")
    return invoice


def check_echo(invoice: GatewayInvoice, *, order: InvoiceOrder) -> None:
    """
    Compare what was created with what was ordered, where the gateway repeats it.

    :raises ReplyInvalid: if reference or amount is another (reliability.md, G7)
    """
    if invoice.reference and invoice.reference != order.reference:
        raise ReplyInvalid("The gateway confirmed another reference.")
    if invoice.amount is not None and invoice.amount != order.amount:
        raise ReplyInvalid("The gateway confirmed another amount.")
