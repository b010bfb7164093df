"""A subscription paused, resumed, cancelled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event
from billing.services import record_event
from billing.signals import installments_due
from subscriptions.models import Installment, Subscription

Status = Subscription.Status


class SubscriptionNotActive(DomainError):
    code = "SUBSCRIPTION_NOT_ACTIVE"
    message = gettext_noop("Only an active subscription can be paused.")


class SubscriptionNotPaused(DomainError):
    code = "SUBSCRIPTION_NOT_PAUSED"
    message = gettext_noop("Only a paused subscription can be resumed.")


class SubscriptionEnded(DomainError):
    code = "SUBSCRIPTION_ENDED"
    message = gettext_noop("This subscription is already completed or cancelled.")


@transaction.atomic
def pause_subscription(*, merchant_id: int, subscription_id: int, actor: str, now: datetime) -> Subscription:
    """
    Invoice nothing more until it is resumed. Installments already invoiced stay open.

    :raises SubscriptionNotActive:
    """
    subscription = _locked(merchant_id, subscription_id)
    if subscription.status != Status.ACTIVE:
        raise SubscriptionNotActive
    subscription.status, subscription.paused_at = Status.PAUSED, now
    return _saved(subscription, "paused", actor)


@transaction.atomic
def resume_subscription(*, merchant_id: int, subscription_id: int, actor: str, now: datetime) -> Subscription:
    """
    Go on with the dates it had: what fell due during the pause is invoiced with its own date.

    :raises SubscriptionNotPaused:
    """
    subscription = _locked(merchant_id, subscription_id)
    if subscription.status != Status.PAUSED:
        raise SubscriptionNotPaused
    subscription.status, subscription.paused_at = Status.ACTIVE, None
    transaction.on_commit(
        lambda: installments_due.send_robust(Subscription, subscription_id=subscription.pk), robust=True
    )
    return _saved(subscription, "resumed", actor)


@transaction.atomic
def cancel_subscription(*, merchant_id: int, subscription_id: int, actor: str, now: datetime) -> Subscription:
    """
    Stop a subscription and drop the installments nobody has been asked to pay.

    Invoiced installments stay open: the customer already holds a link to them.

    :raises SubscriptionEnded:
    """
    subscription = _locked(merchant_id, subscription_id)
    if subscription.status not in (Status.ACTIVE, Status.PAUSED):
        raise SubscriptionEnded
    subscription.status, subscription.cancelled_at = Status.CANCELLED, now
    subscription.installments.filter(status=Installment.Status.SCHEDULED).update(
        status=Installment.Status.CANCELLED, cancelled_at=now
    )
    return _saved(subscription, "cancelled", actor)


def _locked(merchant_id: int, subscription_id: int) -> Subscription:
    return Subscription.objects.select_for_update().get(merchant_id=merchant_id, pk=subscription_id)


def _saved(subscription: Subscription, event: str, actor: str) -> Subscription:
    subscription.save(update_fields=["status", "paused_at", "cancelled_at"])
    record_event(
        merchant_id=subscription.merchant_id,
        subject=Event.Subject.SUBSCRIPTION,
        subject_id=subscription.pk,
        name=event,
        actor=actor,
    )
    return subscription
