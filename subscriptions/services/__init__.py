from subscriptions.services.create import NewSubscription, create_subscription
from subscriptions.services.extend import extend_open_ended
from subscriptions.services.lifecycle import (
    SubscriptionEnded,
    SubscriptionNotActive,
    SubscriptionNotPaused,
    cancel_subscription,
    pause_subscription,
    resume_subscription,
)
from subscriptions.services.settle import settle_installment

__all__ = [
    "NewSubscription",
    "SubscriptionEnded",
    "SubscriptionNotActive",
    "SubscriptionNotPaused",
    "cancel_subscription",
    "create_subscription",
    "extend_open_ended",
    "pause_subscription",
    "resume_subscription",
    "settle_installment",
]
