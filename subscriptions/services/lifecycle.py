"""A subscription paused, resumed, cancelled, without a rehearsal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from subscriptions.changes import CancelNow, Edit, Pause, Resume
from subscriptions.models import Subscription
from subscriptions.services.changing import change_plan

# None of these schedules anything ahead.
_NOTHING_AHEAD: Final = timedelta(0)


def pause_subscription(*, merchant_id: int, subscription_id: int, actor: str, now: datetime) -> Subscription:
    """
    Invoice nothing more until it is resumed. Installments already invoiced stay open.

    :raises SubscriptionNotActive:
    """
    return _change(merchant_id, subscription_id, Pause(), actor, now)


def resume_subscription(
    *, merchant_id: int, subscription_id: int, actor: str, now: datetime, is_alone: bool = False
) -> Subscription:
    """
    Go on with the dates it had: what fell due during the pause is caught up as the merchant has chosen.

    :param is_alone: a person does it who gives no reason
    :raises SubscriptionNotPaused:
    :raises ReasonMissing: the merchant's rule would drop some of it
    """
    return change_plan(
        merchant_id=merchant_id,
        subscription_id=subscription_id,
        edit=Resume(),
        horizon=_NOTHING_AHEAD,
        actor=actor,
        now=now,
        reason="" if is_alone else None,
        is_alone=is_alone,
    )


def cancel_subscription(*, merchant_id: int, subscription_id: int, actor: str, now: datetime) -> Subscription:
    """
    Stop a subscription and drop the installments nobody has been asked to pay.

    Invoiced installments stay open: the customer already holds a link to them.

    :raises SubscriptionEnded:
    """
    return _change(merchant_id, subscription_id, CancelNow(), actor, now)


def _change(merchant_id: int, subscription_id: int, edit: Edit, actor: str, now: datetime) -> Subscription:
    return change_plan(
        merchant_id=merchant_id,
        subscription_id=subscription_id,
        edit=edit,
        horizon=_NOTHING_AHEAD,
        actor=actor,
        now=now,
    )
