"""The invoices that are due to be sent, in the columns that sending takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from django.db.models.functions import Coalesce

from billing.models import Channel
from invoices.models import GatewayAccount, Invoice
from invoices.models.invoice import InvoiceQuerySet
from invoices.services.pushing.compiled import CompiledQuery, given, stored_instant

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
    number: str
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
    messages_stopped_at: datetime | None
    attempts: int


# Where a value is not in the invoice's own column of that name.
_ELSEWHERE: Final = {"mobile_number": "customer__phone", "messages_stopped_at": "customer__messages_stopped_at"}
_COLUMNS: Final = tuple(_ELSEWHERE.get(name, name) for name in DueInvoice._fields)


class Take(NamedTuple):
    """
    At most so many of one account's due invoices; `only_links` while its merchant wants no messages.

    Those that a worker was lost with are taken `alone`, and not otherwise.
    """

    account: GatewayAccount
    most: int
    only_links: bool = False
    alone: bool = False


# ORDER BY and LIMIT each in a query of its own: SQLite knows neither inside a UNION.
_OLDEST: Final = """
    SELECT id FROM (
        SELECT id FROM invoices_invoice
        WHERE gateway_account_id = %s AND status = 'OPEN' AND delivery = 'NEW' AND next_attempt_at <= %s
            AND cancel_requested_at IS NULL AND currency = %s AND (channel = 'LINK' OR NOT %s)
            AND (lost_leases > 0) = %s
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
    for account, most, only_links, alone in takes:
        parameters += [account.pk, stored_instant(now), account.currency, only_links, alone, most]
    return [DueInvoice._make(row) for row in _oldest(len(takes)).rows(*parameters)]


@lru_cache(maxsize=64)
def _oldest(takes: int) -> CompiledQuery:
    text = " ".join(_OLDEST.split())
    oldest = given(takes * _OLDEST.count("%s"), within=" UNION ALL ".join([text] * takes))
    waiting = _waiting().filter(pk__in=oldest).order_by("due_date", "id")
    return CompiledQuery(
        waiting.select_for_update(of=("self",), skip_locked=True)
        .annotate(link_version=Coalesce("bill__link_version", "installment__link_version"))
        .values_list(*_COLUMNS)
    )


def accounts_that_lost_workers(account_ids: Iterable[int], *, now: datetime) -> list[int]:
    """Those of these accounts with due invoices that a worker was lost with."""
    lost = _waiting().filter(gateway_account__in=list(account_ids), next_attempt_at__lte=now, lost_leases__gt=0)
    return list(lost.order_by().values_list("gateway_account_id", flat=True).distinct())


def _waiting() -> InvoiceQuerySet:
    return Invoice.objects.live().filter(delivery=Invoice.Delivery.NEW, cancel_requested_at=None)
