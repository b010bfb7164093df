"""
Many invoices sent, in one statement.

Each has values of its own from the gateway. Through the ORM that is a statement per invoice, or one of as many CASEs
as there are values, and either took more time than the call itself (`bench/push.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

from invoices.models import Invoice
from invoices.services.pushing.calls import Ended
from invoices.services.sent import fields_when_sent, gateway_fields

_OF_EACH: Final = ("id", "lease_id", "gateway_id", "gateway_token", "gateway_url", "gateway_answer")


def mark_sent(ended: Sequence[Ended], *, now: datetime) -> set[int]:
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
    for one in ended:
        fields = gateway_fields(_created(one))
        parameters += [one.call.invoice.id, one.call.lease_id, *(fields[name] for name in _OF_EACH[2:-1])]
        parameters.append(_stored("gateway_answer", fields["gateway_answer"]))
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(alike), rows=len(ended)), parameters)
        return {pk for (pk,) in cursor.fetchall()}


def _created(ended: Ended) -> Any:
    assert ended.created is not None
    return ended.created


def _stored(name: str, value: Any) -> Any:
    return Invoice._meta.get_field(name).get_db_prep_save(value, connection)  # type: ignore[union-attr]


def _statement(alike: tuple[str, ...], *, rows: int) -> str:
    table = Invoice._meta.db_table
    types = [Invoice._meta.get_field(name).cast_db_type(connection) for name in _OF_EACH]  # type: ignore[union-attr]
    row = "(" + ", ".join(f"CAST(%s AS {type_})" for type_ in types) + ")"
    changes = [f"{name} = %s" for name in alike]
    changes.append("next_cancel_at = CASE WHEN cancel_requested_at IS NULL THEN next_cancel_at ELSE %s END")
    changes += [f"{name} = created.column{place}" for place, name in enumerate(_OF_EACH, 1) if place > 2]
    return (
        f"UPDATE {table} SET {', '.join(changes)} "  # noqa: S608 (names of ours)
        f"FROM (VALUES {', '.join([row] * rows)}) AS created "
        f"WHERE {table}.id = created.column1 AND {table}.lease_id = created.column2 AND delivery = 'SENDING' "
        f"RETURNING {table}.id"
    )
