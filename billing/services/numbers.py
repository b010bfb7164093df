"""Document numbers: a counter per merchant, local day and kind, without duplicates or gaps."""

from __future__ import annotations

from datetime import date

from django.db import connection

from billing.models import NumberSequence

_TAKE = """
    INSERT INTO billing_numbersequence (merchant_id, day, kind, last_value) VALUES (%s, %s, %s, %s)
    ON CONFLICT (merchant_id, day, kind)
    DO UPDATE SET last_value = billing_numbersequence.last_value + excluded.last_value
    RETURNING last_value
"""


def take_numbers(*, merchant_id: int, day: date, kind: NumberSequence.Kind, count: int = 1) -> range:
    """
    The next `count` numbers of the day, in the caller's transaction.

    Take them last: the counter's row stays locked until the transaction ends, and rolling back leaves no gap.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [merchant_id, day, kind.value, count])
        (last,) = cursor.fetchone()
    return range(last - count + 1, last + 1)
