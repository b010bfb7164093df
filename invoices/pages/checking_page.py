"""What a customer sees who came back from the gateway: our own ledger, never what the way back claimed."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from billing.identifiers import is_username
from invoices.models import GatewayCallback, Invoice
from invoices.pages.amounts import currency_label, format_amount
from invoices.pages.letterhead import Letterhead, letterhead_of
from invoices.pages.payables import is_being_checked
from invoices.pages.refreshing import MOST_LOOKS, Refresh, next_refresh
from invoices.pages.wordings import CHANGED, NOT_RECEIVED, RECEIVED, STILL_WAITING, WAITING, Wording
from invoices.services.orders import page_url

_WATCH_ID: Final = re.compile(r"[0-9a-f]{32}")


class Outcome(enum.Enum):
    WAITING = "waiting"
    STILL_WAITING = "still-waiting"
    PAID = "paid"
    NOT_PAID = "not-paid"
    CHANGED = "changed"


WORDINGS: Final[Mapping[Outcome, Wording]] = {
    Outcome.WAITING: WAITING,
    Outcome.STILL_WAITING: STILL_WAITING,
    Outcome.PAID: RECEIVED,
    Outcome.NOT_PAID: NOT_RECEIVED,
    Outcome.CHANGED: CHANGED,
}


@dataclass(frozen=True, kw_only=True)
class CheckingPage:
    """`refresh` is None where no look follows by itself."""

    wording: Wording
    refresh: Refresh | None = None
    letterhead: Letterhead | None = None
    amount: str = ""
    currency: str = ""
    payment_page: str = ""


def find_callback(*, username: str, watch_id: str) -> GatewayCallback | None:
    """What came back with this customer, if it was to this merchant."""
    if _WATCH_ID.fullmatch(watch_id) is None or not is_username(username):
        return None
    returns = GatewayCallback.objects.filter(kind=GatewayCallback.Kind.RETURN, merchant__username=username)
    related = ("invoice__merchant", "invoice__customer", "invoice__bill", "invoice__installment")
    return returns.select_related(*related).filter(watch_id=watch_id).first()


def decide_outcome(callback: GatewayCallback | None, *, looks: int, now: datetime) -> tuple[Outcome, Invoice | None]:
    """
    What to say, and of which invoice. Unknown callbacks, meaningless ones and those still waiting are all alike.

    PAID only where our ledger says so of the invoice; NOT_PAID only after the gateway was asked, and while no other
    attempt to pay is open.

    :param looks: how often this customer's browser has looked already
    """
    invoice = callback.invoice if callback else None
    if callback and invoice and invoice.status == Invoice.Status.PAID:
        return Outcome.PAID, invoice
    if callback and invoice and _is_answered(callback, invoice, now):
        is_open = invoice.status == Invoice.Status.OPEN and invoice.cancel_requested_at is None
        return (Outcome.NOT_PAID if is_open else Outcome.CHANGED), invoice
    return (Outcome.WAITING if looks < MOST_LOOKS else Outcome.STILL_WAITING), None


def _is_answered(callback: GatewayCallback, invoice: Invoice, now: datetime) -> bool:
    return callback.state == GatewayCallback.State.RESOLVED and not is_being_checked(invoice, now=now)


def build_checking_page(outcome: Outcome, invoice: Invoice | None, *, looks: int, language: str) -> CheckingPage:
    if invoice is None:
        refresh = next_refresh(looks) if outcome is Outcome.WAITING else None
        return CheckingPage(wording=WORDINGS[outcome], refresh=refresh)
    return CheckingPage(
        wording=WORDINGS[outcome],
        letterhead=letterhead_of(invoice.merchant, language),
        amount=format_amount(invoice.amount, invoice.currency) if outcome is Outcome.PAID else "",
        currency=currency_label(invoice.currency, language),
        payment_page=page_url(invoice).removeprefix(settings.PUBLIC_BASE_URL),
    )
