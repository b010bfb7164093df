"""How a subscription and its installments come to be."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from billing.identifiers import document_number, new_public_id
from billing.models import Event, Merchant, NumberSequence
from billing.services import record_event, take_numbers, upsert_customer
from billing.signals import installments_due
from subscriptions.changes.plans import Change, PlanHasMoved
from subscriptions.models import Installment, Subscription
from subscriptions.services.beginning import NewSubscription, beginning_of, plan, scheduled_until
from subscriptions.services.rows import installments_from

Type = Subscription.Type


@transaction.atomic
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
    today = merchant.local_date(now)
    dues = plan(new, today=today, horizon=horizon)
    if rehearsed is not None and beginning_of(merchant, new, dues, today).fingerprint != rehearsed:
        raise PlanHasMoved
    customer_id = upsert_customer(
        merchant_id=merchant.pk,
        phone=new.customer_phone,
        name=new.customer_name,
        email=new.customer_email,
        now=now,
    )
    subscription = Subscription(
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
    (counter,) = take_numbers(merchant_id=merchant.pk, day=today, kind=NumberSequence.Kind.SUBSCRIPTION)
    subscription.subscription_no = document_number("SUB", today, counter)
    subscription.save(force_insert=True)
    Installment.objects.bulk_create(installments_from(subscription, dues))
    record_event(
        merchant_id=merchant.pk,
        subject=Event.Subject.SUBSCRIPTION,
        subject_id=subscription.pk,
        name="created",
        actor=actor,
    )
    transaction.on_commit(
        lambda: installments_due.send_robust(Subscription, subscription_id=subscription.pk), robust=True
    )
    return subscription


def rehearse_new(*, merchant: Merchant, new: NewSubscription, horizon: timedelta, now: datetime) -> Change:
    """
    The schedule a new subscription would begin with, and what to think of.

    :raises NothingToSchedule:
    :raises TooManyPayments:
    """
    today = merchant.local_date(now)
    return beginning_of(merchant, new, plan(new, today=today, horizon=horizon), today)
