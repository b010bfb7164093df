"""Leases taken and calls written down, for a whole claim by two statements built once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from invoices.services.pushing.compiled import ids_listed, listed, stored_instant
from invoices.services.pushing.due_invoices import DueInvoice

_LEASE: Final = """
    UPDATE invoices_invoice
    SET delivery = 'SENDING', lease_id = %s, lease_until = %s, call_started_at = %s, attempts = attempts + 1
    WHERE id IN ({ids})
"""
_WRITE_DOWN: Final = """
    INSERT INTO invoices_deliveryattempt
        (merchant_id, invoice_id, gateway_account_id, action, channel, outcome, detail, started_at)
    SELECT merchant_id, id, gateway_account_id, 'CREATE', channel, 'STARTED', '', call_started_at
    FROM invoices_invoice WHERE id IN ({ids})
    RETURNING invoice_id, id
"""


def lease_and_write_down(due: Sequence[DueInvoice], *, lease_id: str, until: datetime, now: datetime) -> dict[int, int]:
    """Lease these locked invoices, whose calls begin now; the attempts written down for them, by invoice."""
    ids = listed(invoice.id for invoice in due)
    with connection.cursor() as cursor:
        cursor.execute(_LEASE.format(ids=ids_listed()), [lease_id, stored_instant(until), stored_instant(now), ids])
        cursor.execute(_WRITE_DOWN.format(ids=ids_listed()), [ids])
        return dict(cursor.fetchall())
