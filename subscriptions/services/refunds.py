"""Money that goes back to the customer, as the installment sees it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing.models import Event
from billing.services import record_event
from subscriptions.models import Installment, Subscription


def refund_installment(*, merchant_id: int, installment_id: int, amount: Decimal, actor: str, now: datetime) -> None:
    """
    Note on an installment that money which had settled it was given back, in the caller's transaction.

    It is not owed again by that, and its plan goes on as it was.
    """
    Subscription.objects.select_for_update(of=("self",)).get(merchant_id=merchant_id, installments=installment_id)
    installment = Installment.objects.select_for_update().get(merchant_id=merchant_id, pk=installment_id)
    installment.amount_refunded += amount
    installment.save(update_fields=["amount_refunded"])
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.INSTALLMENT,
        subject_id=installment.pk,
        name="refunded",
        actor=actor,
        amount=str(amount),
    )
