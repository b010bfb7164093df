"""Invoices that the backup holds as never sent: they may have been, so the gateway is asked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from invoices.models import Invoice

_IN_DOUBT = gettext_noop("The database was restored: the gateway is asked whether it has this invoice.")


def ask_before_sending(*, now: datetime) -> int:
    """Those that wait to be sent; how many. Doing it again changes nothing."""
    return _doubt(Invoice.objects.live().filter(delivery=Invoice.Delivery.NEW, gateway_account__isnull=False), now=now)


def ask_about_refused(references: Iterable[str], *, now: datetime) -> int:
    """Those that the backup holds as refused, and the gateway has; how many."""
    refused = Invoice.objects.live().filter(delivery=Invoice.Delivery.REJECTED, gateway_account__isnull=False)
    return _doubt(refused.filter(reference__in=list(references)), now=now)


def _doubt(invoices: QuerySet[Invoice], *, now: datetime) -> int:
    return invoices.update(
        delivery=Invoice.Delivery.UNKNOWN, unknown_since=now, looks=0, next_look_at=now, problem=_IN_DOUBT
    )
