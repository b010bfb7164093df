"""A question whose answer is known, asked where a search found nothing: can it find anything at all? (Decision 42)"""

from __future__ import annotations

from invoices.gateway.client import GatewayClient
from invoices.gateway.errors import ReplyInvalid
from invoices.models import Invoice


def check_search_finds(client: GatewayClient, invoice: Invoice) -> None:
    """
    Search for the newest invoice of the same account that the gateway has confirmed; where it has none, ask nothing.

    :raises ReplyInvalid: if it is not found either: then the gateway does not search, and an empty answer is no answer
    """
    confirmed = Invoice.objects.filter(
        merchant_id=invoice.merchant_id,
        gateway_account_id=invoice.gateway_account_id,
        delivery=Invoice.Delivery.SENT,
    ).exclude(gateway_id="")  # staff's word that it was sent is not the gateway's
    known = confirmed.order_by("-pk").values_list("reference", flat=True).first()
    if known is not None and not client.find_invoices(known):
        raise ReplyInvalid(
            "The gateway's search finds none of our invoices, not even one that it has confirmed. "
            "Ask the gateway whether the account may search."
        )
