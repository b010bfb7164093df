from subscriptions.models.installment import Installment
from subscriptions.models.subscription import Subscription

__all__ = ["Installment", "Subscription"]
