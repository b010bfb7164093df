"""How a subscription and its installments come to be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from billing.identifiers import document_number, new_public_id
from billing.models import Event, Merchant, NumberSequence
from billing.rows import insert_rows
from billing.services import record_events, take_numbers, upsert_customers
from billing.signals import installments_due
from subscriptions.changes.plans import Change, PlanHasMoved
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import Due
from subscriptions.services.beginning import NewSubscription, beginning_of, plan, scheduled_until
from subscriptions.services.rows import installments_from

Type = Subscription.Type


def create_subscription(
    *,
    merchant: Merchant,
    new: NewSubscription,
    horizon: timedelta,
    actor: str,
    now: datetime,
    rehearsed: str | None = None,
) -> Subscription:
    """
    An ACTIVE subscription with its number, its customer and its installments.

    :param horizon: how far ahead an OPEN_ENDED one is scheduled; the others are scheduled to their end
    :param rehearsed: the fingerprint of the schedule the person agreed to; None where nobody was shown one
    :raises PlanHasMoved: it would no longer be that schedule
    :raises NothingToSchedule: it would end before its first payment
    :raises TooManyPayments:
    """
    if (
        rehearsed is not None
        and rehearse_new(merchant=merchant, new=new, horizon=horizon, now=now).fingerprint != rehearsed
    ):
        raise PlanHasMoved
    (subscription,) = create_subscriptions(merchant=merchant, new=[new], horizon=horizon, actor=actor, now=now)
    return subscription


@transaction.atomic
def create_subscriptions(
    *, merchant: Merchant, new: Sequence[NewSubscription], horizon: timedelta, actor: str, now: datetime
) -> list[Subscription]:
    """
    One of each, all or none, in about as many statements as one takes. Some hundreds at most.

    :raises NothingToSchedule: :raises TooManyPayments: as for one
    """
    today = merchant.local_date(now)
    schedules = [plan(each, today=today, horizon=horizon) for each in new]
    stated = [each.customer for each in new]
    customer_ids = upsert_customers(merchant_id=merchant.pk, stated=stated, actor=actor, now=now)
    subscriptions = [_subscription(merchant, *each, now) for each in zip(new, customer_ids, schedules, strict=True)]
    # After the customers, as everywhere: whoever has the counter waits for nobody.
    counters = take_numbers(
        merchant_id=merchant.pk, day=today, kind=NumberSequence.Kind.SUBSCRIPTION, count=len(subscriptions)
    )
    for subscription, counter in zip(subscriptions, counters, strict=True):
        subscription.subscription_no = document_number("SUB", today, counter)
    insert_rows(subscriptions)
    Installment.objects.bulk_create(
        installment
        for subscription, dues in zip(subscriptions, schedules, strict=True)
        for installment in installments_from(subscription, dues)
    )
    ids = [subscription.pk for subscription in subscriptions]
    subject = Event.Subject.SUBSCRIPTION
    record_events(merchant_id=merchant.pk, subject=subject, subject_ids=ids, name="created", actor=actor)
    for subscription_id in ids:
        announce = partial(installments_due.send_robust, Subscription, subscription_id=subscription_id)
        transaction.on_commit(announce, robust=True)
    return subscriptions


def _subscription(
    merchant: Merchant, new: NewSubscription, customer_id: int, dues: list[Due], now: datetime
) -> Subscription:
    return Subscription(
        merchant=merchant,
        public_id=new_public_id(now=now),
        type=new.type,
        customer_id=customer_id,
        customer_name=new.customer_name,
        customer_phone=new.customer_phone,
        customer_email=new.customer_email,
        product_name=new.product_name,
        description=new.description,
        notes=new.notes,
        currency=merchant.currency,
        total_amount=new.total_amount,
        monthly_payment=new.monthly_payment,
        recurring_amount=new.recurring_amount,
        payment_day=new.payment_day,
        number_of_installments=None if new.type == Type.OPEN_ENDED else len(dues),
        interval=new.interval.value,
        ends_after=new.ends_after,
        ends_on=new.ends_on,
        anchor_date=dues[0].due_date,
        auto_generate_invoices=new.auto_generate_invoices,
        channel=new.channel,
        last_sequence=dues[-1].sequence,
        scheduled_until=scheduled_until(new, dues),
        created_at=now,
    )


def rehearse_new(*, merchant: Merchant, new: NewSubscription, horizon: timedelta, now: datetime) -> Change:
    """
    The schedule a new subscription would begin with, and what to think of.

    :raises NothingToSchedule:
    :raises TooManyPayments:
    """
    today = merchant.local_date(now)
    return beginning_of(merchant, new, plan(new, today=today, horizon=horizon), today)
