from subscriptions.changes.pausing import SubscriptionNotActive, SubscriptionNotPaused
from subscriptions.changes.plans import PlanHasMoved, SubscriptionEnded
from subscriptions.services.beginning import NewSubscription
from subscriptions.services.changing import change_plan, rehearse
from subscriptions.services.create import create_subscription, create_subscriptions, rehearse_new
from subscriptions.services.extend import extend_open_ended
from subscriptions.services.holding import promise_installment, skip_held
from subscriptions.services.lifecycle import cancel_subscription, pause_subscription, resume_subscription
from subscriptions.services.settle import settle_installment

__all__ = [
    "NewSubscription",
    "PlanHasMoved",
    "SubscriptionEnded",
    "SubscriptionNotActive",
    "SubscriptionNotPaused",
    "cancel_subscription",
    "change_plan",
    "create_subscription",
    "create_subscriptions",
    "extend_open_ended",
    "pause_subscription",
    "promise_installment",
    "rehearse",
    "rehearse_new",
    "resume_subscription",
    "settle_installment",
    "skip_held",
]
