"""By which channel a subscription's customer is asked to pay."""

from __future__ import annotations

from django.db import transaction

from billing.models import Event
from billing.services import record_event
from billing.services.channel_choices import Choice, check_channel
from subscriptions.changes.plans import SubscriptionEnded
from subscriptions.models import Subscription


@transaction.atomic
def choose_subscription_channel(*, merchant_id: int, subscription_id: int, channel: Choice, actor: str) -> Subscription:
    """
    The channel of this subscription's next invoices. One that is out already stays as it was sent.

    :raises SubscriptionEnded: :raises EmailMissing:
    """
    plans = Subscription.objects.select_for_update(of=("self",)).select_related("customer")
    subscription = plans.get(merchant_id=merchant_id, pk=subscription_id)
    if subscription.status not in (Subscription.Status.ACTIVE, Subscription.Status.PAUSED):
        raise SubscriptionEnded
    check_channel(channel, email=subscription.customer_email or subscription.customer.email)
    subscription.channel = channel
    subscription.save(update_fields=["channel"])
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.SUBSCRIPTION,
        subject_id=subscription.pk,
        name="channel_chosen",
        actor=actor,
        channel=channel,
    )
    return subscription
