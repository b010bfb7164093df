"""What customers were asked for and still owe, as SQL that reads bills and installments alike."""

from __future__ import annotations

from datetime import date
from typing import Final

# One row for each pending bill and each invoiced installment: a scheduled one is nobody's debt yet. Both halves have
# the same column types, for only then the planner looks through the union: it filters in each half, by its indexes,
# and computes no column that nobody reads. `sequence` is the installment's; `owed` is in thousandths.
OPEN_PAYABLES: Final = """(
    SELECT 'BILL' AS kind, id, merchant_id, customer_id, currency, due_date, amount - amount_paid AS owed,
        promised_until, billing_no AS number, NULL AS sequence, service_type AS title
    FROM billing_bill WHERE status = 'PENDING'
    UNION ALL
    SELECT 'INSTALLMENT', part.id, part.merchant_id, plan.customer_id, plan.currency, part.due_date,
        part.amount - part.amount_paid, part.promised_until, plan.subscription_no, part.sequence, plan.product_name
    FROM subscriptions_installment part JOIN subscriptions_subscription plan
        ON plan.id = part.subscription_id AND plan.merchant_id = part.merchant_id
    WHERE part.status = 'INVOICED'
) open_payable"""


def as_day(stored: date | str) -> date:
    """A day that such a statement read: SQLite gives it back as it was written."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


def places(count: int) -> str:
    """The inside of an IN list of so many values, at least one."""
    return ", ".join(["%s"] * count)
