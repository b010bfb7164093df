"""What we ask the gateway to invoice, in our own words."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from invoices.gateway.codes import Channel


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of an invoice; ``rate`` and ``amount`` in the account's currency, three decimals."""

    title: str
    rate: Decimal
    quantity: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class InvoiceOrder:
    """
    One invoice to be created at the gateway.

    ``reference`` is ours, unique and stored before the call; ``mobile_number`` is E.164
    ("+962777839071"); ``pay_types`` are keys of ``codes.PAY_TYPES``, empty for all the account has.
    There is deliberately no place for a national id, notes or an address (reliability.md,
    What is sent to the gateway).
    """

    reference: str
    amount: Decimal
    channel: Channel
    customer_name: str
    mobile_number: str = field(repr=False)
    description: str
    customer_email: str | None
    language: str
    due_date: date
    expires_on: date
    is_installment: bool
    pay_types: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    webhook_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class WireSwitches:
    """Where the gateway's older and newer documentation differ, by merchant (gateway.md)."""

    pay_types_as_array: bool = True
    country_code_with_plus: bool = True
    sends_webhook_url: bool = False
