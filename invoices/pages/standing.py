"""How a bill or installment stands: its state, and what of its last invoice the page needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from invoices.models import Invoice
from invoices.pages.gateway_links import GatewayLink
from invoices.pages.payables import is_gateway_down, last_invoice, safe_link
from invoices.pages.states import State, decide_state
from invoices.services.payables import Payable


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`link` may be followed, whatever the state."""

    state: State
    invoice: Invoice | None
    link: GatewayLink | None


def standing_of(payable: Payable, *, now: datetime) -> Standing:
    """One query."""
    invoice, is_checked = last_invoice(payable, now=now)
    link = safe_link(invoice)
    state = decide_state(
        payable,
        invoice,
        today=payable.merchant.local_date(now),
        is_being_checked=is_checked,
        has_safe_link=link is not None,
        is_gateway_down=invoice is not None and is_gateway_down(invoice, now=now),
    )
    return Standing(state=state, invoice=invoice, link=link)
