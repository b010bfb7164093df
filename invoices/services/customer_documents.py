"""A customer's documents, held: what is just being made of them is waited for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from billing.models import Bill
from invoices.models import Invoice
from subscriptions.models import Installment, Subscription

# In the order in which everybody locks them. What waits for one of these then waits for nothing of ours.
DOCUMENTS: Final = (Invoice, Bill, Subscription)


def lock_documents(*, merchant_id: int, customer_ids: Collection[int]) -> None:
    """
    Hold whatever an invoice or a payment of these locked customers can be made of, in the caller's transaction.

    A statement does not see the invoice whose making it has waited for; those after this one do. Installments have
    locks of their own: generation holds them, and not their plans.
    """
    for model in DOCUMENTS:
        rows = model._default_manager.filter(merchant_id=merchant_id, customer__in=customer_ids)
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    owed = Installment.objects.unsettled().filter(merchant_id=merchant_id, subscription__customer__in=customer_ids)
    owed = owed.order_by("subscription_id", "sequence")
    list(owed.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
