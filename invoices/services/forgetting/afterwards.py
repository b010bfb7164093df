"""What still comes for somebody who was forgotten must not bring back who they were (decision 38)."""

from __future__ import annotations

from billing.models import Customer


def is_forgotten(*, customer_id: int) -> bool:
    """Asked of the database: whoever waited for the lock of an invoice holds an older view of its customer."""
    return Customer.objects.filter(pk=customer_id).exclude(forgotten_at=None).exists()
