"""
Many invoices sent, in three statements.

Each invoice has values of its own from the gateway. Through the ORM that is a statement per invoice, or one of as many
CASEs as there are values, and either took more time than the call itself (`bench/push.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.db import connection

from invoices.models import Invoice
from invoices.services.pushing.calls import Ended
from invoices.services.pushing.compiled import ids_listed, listed, stored_instant
from invoices.services.sent import fields_when_sent, gateway_fields

_OF_THE_GATEWAY: Final = ("gateway_id", "gateway_token", "gateway_url", "gateway_answer")
_OF_EACH: Final = ("invoice_id", "lease_id", *_OF_THE_GATEWAY)
# Rows of one parameter.
_CREATED: Final = {
    "postgresql": "jsonb_to_recordset(%s::jsonb) AS created(invoice_id bigint, lease_id text,"
    " gateway_id text, gateway_token text, gateway_url text, gateway_answer jsonb)",
    "sqlite": "(SELECT "  # noqa: S608 (names of ours)
    + ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in _OF_EACH)
    + " FROM json_each(%s)) AS created",
}
_FINISH: Final = "UPDATE invoices_deliveryattempt SET outcome = 'DONE', finished_at = %s WHERE id IN ({ids})"
_TELL: Final = """
    INSERT INTO billing_event (merchant_id, subject, subject_id, name, actor, details, occurred_at)
    SELECT merchant_id, 'INVOICE', id, 'delivery_done', 'gateway', {details}, %s
    FROM invoices_invoice WHERE id IN ({ids})
"""
_DETAILS: Final = {
    "postgresql": "jsonb_build_object('channel', channel)",
    "sqlite": "json_object('channel', channel)",
}


def finish_attempts(ended: Iterable[Ended], *, now: datetime) -> None:
    """The calls were made, whatever has become of their leases."""
    ids = listed(one.call.attempt_id for one in ended)
    with connection.cursor() as cursor:
        cursor.execute(_FINISH.format(ids=ids_listed()), [stored_instant(now), ids])


def tell_of_sent(invoice_ids: Iterable[int], *, now: datetime) -> None:
    """A line in the timeline of each."""
    statement = _TELL.format(details=_DETAILS[connection.vendor], ids=ids_listed())
    with connection.cursor() as cursor:
        cursor.execute(statement, [stored_instant(now), listed(invoice_ids)])


def mark_sent(ended: Iterable[Ended], *, now: datetime) -> set[int]:
    """
    The invoices that the gateway has created, as far as their lease is still the call's; the ids of those.

    One that was to be cancelled meanwhile is cancelled next.
    """
    alike = fields_when_sent(now=now) | {
        "delivery": Invoice.Delivery.SENT,
        "lease_id": "",
        "lease_until": None,
        "call_started_at": None,
    }
    parameters = [_stored(name, value) for name, value in alike.items()] + [_stored("next_cancel_at", now)]
    created = [one.call.lease._asdict() | gateway_fields(_created(one)) for one in ended]
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(alike), connection.vendor), [*parameters, json.dumps(created)])
        return {pk for (pk,) in cursor.fetchall()}


def _created(ended: Ended) -> Any:
    assert ended.created is not None
    return ended.created


def _stored(name: str, value: Any) -> Any:
    return Invoice._meta.get_field(name).get_db_prep_save(value, connection)  # type: ignore[union-attr]


@cache
def _statement(alike: tuple[str, ...], vendor: str) -> str:
    table = Invoice._meta.db_table
    changes = [f"{name} = %s" for name in alike]
    changes.append("next_cancel_at = CASE WHEN cancel_requested_at IS NULL THEN next_cancel_at ELSE %s END")
    changes += [f"{name} = created.{name}" for name in _OF_THE_GATEWAY]
    return (
        f"UPDATE {table} SET {', '.join(changes)} FROM {_CREATED[vendor]} "  # noqa: S608 (names of ours)
        f"WHERE {table}.id = created.invoice_id AND {table}.lease_id = created.lease_id AND delivery = 'SENDING' "
        f"RETURNING {table}.id"
    )
