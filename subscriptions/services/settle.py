"""Payments arriving at an installment."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing.models import Event
from billing.services import record_event
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import NEVER
from subscriptions.services.rows import installments_of


def settle_installment(*, merchant_id: int, installment_id: int, amount: Decimal, actor: str, now: datetime) -> Decimal:
    """
    Put a payment on an installment, in the caller's transaction, and say how much of it the installment took.

    That is at most what is still owed, and nothing for a cancelled or skipped one. The last payment of a plan with an
    end completes the subscription.
    """
    subscription = Subscription.objects.select_for_update(of=("self",)).get(
        merchant_id=merchant_id, installments=installment_id
    )
    installment = Installment.objects.select_for_update().get(merchant_id=merchant_id, pk=installment_id)
    applied = min(amount, installment.amount_due)
    if applied > 0:
        _apply(installment, applied, actor, now)
        complete_if_settled(subscription, actor=actor, now=now)
    return applied


def _apply(installment: Installment, applied: Decimal, actor: str, now: datetime) -> None:
    installment.amount_paid += applied
    is_paid = installment.amount_paid == installment.amount
    if is_paid:
        installment.status, installment.paid_at = Installment.Status.PAID, now
    installment.save(update_fields=["amount_paid", "status", "paid_at"])
    record_event(
        merchant_id=installment.merchant_id,
        subject=Event.Subject.INSTALLMENT,
        subject_id=installment.pk,
        name="settled" if is_paid else "partly_settled",
        actor=actor,
        amount=str(applied),
    )


def complete_if_settled(subscription: Subscription, *, actor: str, now: datetime) -> None:
    """Complete a locked subscription once it has an end and nothing before it is owed any more."""
    # An open-ended one has all its installments where it needs another never.
    has_an_end = subscription.type != Subscription.Type.OPEN_ENDED or subscription.scheduled_until == NEVER
    is_running = subscription.status in (Subscription.Status.ACTIVE, Subscription.Status.PAUSED)
    if not (has_an_end and is_running) or installments_of(subscription).unsettled().exists():
        return
    subscription.status, subscription.completed_at = Subscription.Status.COMPLETED, now
    subscription.save(update_fields=["status", "completed_at"])
    record_event(
        merchant_id=subscription.merchant_id,
        subject=Event.Subject.SUBSCRIPTION,
        subject_id=subscription.pk,
        name="completed",
        actor=actor,
    )
