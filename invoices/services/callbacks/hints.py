"""What a callback says, to be asked about: nothing of it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from invoices.gateway.callbacks import read_return, read_webhook
from invoices.gateway.errors import GatewayError
from invoices.models import GatewayAccount, GatewayCallback, Invoice
from invoices.services.gateways import credentials_of

PAYMENT_FAILED: Final = "the payment failed"


@dataclass(frozen=True, kw_only=True)
class Hint:
    reference: str
    token: str


def read_hint(callback: GatewayCallback) -> Hint | None:
    """None where nothing can be read of it."""
    payload = bytes(callback.payload)
    if callback.kind == GatewayCallback.Kind.WEBHOOK:
        webhook = read_webhook(payload, callback.content_type)
        return None if webhook.is_empty else Hint(reference=webhook.reference or "", token=webhook.token or "")
    for account in GatewayAccount.objects.filter(merchant=callback.merchant_id).order_by("-id"):
        try:
            returned = read_return(payload.decode("ascii", "replace"), credentials_of(account).cipher())
        except GatewayError:
            continue
        if returned.reference or returned.token:
            return Hint(reference=returned.reference or "", token=returned.token or "")
    return None


def is_known_to_have_failed(invoice: Invoice, hint: Hint, *, since: datetime) -> bool:
    """
    Whether the gateway has said of this very payment that it failed, to another callback that told of it.

    It tells of each payment twice, by the customer and by itself: the second need not wait for its turn to ask.
    """
    if not hint.token:
        return False
    told = GatewayCallback.objects.filter(
        invoice=invoice, state=GatewayCallback.State.RESOLVED, problem=PAYMENT_FAILED, next_attempt_at__gt=since
    )
    return any(earlier is not None and earlier.token == hint.token for earlier in map(read_hint, told[:20]))
