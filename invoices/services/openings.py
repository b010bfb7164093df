"""How often people opened a page: counted for staff, who want to know whether the customer has seen it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from billing.models import Bill, Customer
from invoices.services.payables import Payable
from subscriptions.models import Installment

_KINDS: Final[dict[type, str]] = {Bill: "bill_id", Installment: "installment_id", Customer: "customer_id"}
# An update that counts, beside an insert, is beyond the ORM; read and written apart, two openings at once were one.
_UPSERT: Final = """
    INSERT INTO invoices_pageopening AS opening (merchant_id, {kind}, count, first_opened_at, last_opened_at)
    VALUES (%s, %s, 1, %s, %s)
    ON CONFLICT ({kind}) DO UPDATE SET
        count = opening.count + 1,
        last_opened_at = CASE
            WHEN excluded.last_opened_at > opening.last_opened_at THEN excluded.last_opened_at
            ELSE opening.last_opened_at
        END
"""


def note_opening(*, opened: Payable | Customer, now: datetime) -> None:
    """
    Count one opening of the page of a bill, an installment or a customer, by a person (`pages.readers`).

    One statement, so that two at once are two.
    """
    instant = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT.format(kind=_KINDS[type(opened)]), [opened.merchant_id, opened.pk, instant, instant])
