from subscriptions.models.installment import Installment
from subscriptions.models.subscription import Subscription
from subscriptions.models.term import Term

__all__ = ["Installment", "Subscription", "Term"]
