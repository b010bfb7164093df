"""What is left of a payment, as its page says it."""

from __future__ import annotations

from invoices.models import Payment
from invoices.services.surplus import Rest, rest_of


def rest_shown(payment: Payment) -> Rest:
    """Read once for a page, which tells it and offers acts by it; what an act takes away is asked under its lock."""
    if "rest_shown" not in payment.__dict__:
        payment.__dict__["rest_shown"] = rest_of(payment)
    rest: Rest = payment.__dict__["rest_shown"]
    return rest
