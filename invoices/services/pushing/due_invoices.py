"""The invoices that are due to be sent, in the columns that sending takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from billing.models import Channel
from invoices.models import GatewayAccount, Invoice
from invoices.models.invoice import InvoiceQuerySet

MESSAGING: Final = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL)


class DueInvoice(NamedTuple):
    """Plain values: the threads that call the gateway must not be able to ask the database for more."""

    id: int
    merchant_id: int
    gateway_account_id: int
    customer_id: int
    bill_id: int | None
    installment_id: int | None
    link_version: int
    reference: str
    amount: Decimal
    description: str
    language: str
    channel: str
    due_date: date
    expires_on: date
    customer_name: str
    customer_email: str
    mobile_number: str
    attempts: int


# Where a value is not in the invoice's own column of that name.
_ELSEWHERE: Final = {"mobile_number": "customer__phone"}
_COLUMNS: Final = tuple(_ELSEWHERE.get(name, name) for name in DueInvoice._fields)


class Take(NamedTuple):
    """At most so many of one account's due invoices; `only_links` while its merchant wants no messages."""

    account: GatewayAccount
    most: int
    only_links: bool = False


# ORDER BY and LIMIT each in a query of its own: SQLite knows neither inside a UNION.
_OLDEST: Final = """
    SELECT id FROM (
        SELECT id FROM invoices_invoice
        WHERE gateway_account_id = %s AND status = 'OPEN' AND delivery = 'NEW' AND next_attempt_at <= %s
            AND cancel_requested_at IS NULL AND currency = %s AND (channel = 'LINK' OR NOT %s)
        ORDER BY due_date, id LIMIT %s
    ) AS oldest
"""


def due_invoices(account: GatewayAccount, *, now: datetime) -> InvoiceQuerySet:
    """An account of another currency than the invoice sends nothing."""
    return _waiting().filter(gateway_account=account.pk, next_attempt_at__lte=now, currency=account.currency)


def lock_oldest(takes: Sequence[Take], *, now: datetime) -> list[DueInvoice]:
    """
    The oldest due invoices of each account that nobody else holds, locked.

    One statement for all accounts: one for each cost more than sending what it found (`bench/push.py`).
    """
    if not takes:
        return []
    parameters: list[object] = []
    for account, most, only_links in takes:
        parameters += [account.pk, _stored(now), account.currency, only_links, most]
    oldest = RawSQL(" UNION ALL ".join([_OLDEST] * len(takes)), parameters)  # noqa: S611 (a text of ours)
    rows: Iterable[tuple[object, ...]] = (
        _waiting()
        .filter(pk__in=oldest)
        .order_by("due_date", "id")
        .select_for_update(of=("self",), skip_locked=True)
        .annotate(link_version=Coalesce("bill__link_version", "installment__link_version"))
        .values_list(*_COLUMNS)
    )
    return [DueInvoice._make(row) for row in rows]


def _waiting() -> InvoiceQuerySet:
    return Invoice.objects.live().filter(delivery=Invoice.Delivery.NEW, cancel_requested_at=None)


def _stored(now: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(now)
