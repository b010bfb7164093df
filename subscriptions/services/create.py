"""How a subscription and its installments come to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from billing.identifiers import document_number, new_public_id
from billing.models import Event, Merchant, NumberSequence
from billing.services import record_event, take_numbers, upsert_customer
from billing.signals import installments_due
from subscriptions import schedules
from subscriptions.models import Installment, Subscription

Type = Subscription.Type


@dataclass(frozen=True, kw_only=True)
class NewSubscription:
    """
    A subscription as a merchant states it, already checked. Empty text means unstated.

    FIXED_MONTHLY states `total_amount`, `monthly_payment`, `payment_day`; CUSTOM_SCHEDULE `total_amount` and
    `custom_installments` as (due date, amount, description); OPEN_ENDED `recurring_amount` and `payment_day`.
    """

    type: Subscription.Type
    customer_name: str
    customer_phone: str
    product_name: str
    customer_email: str = ""
    description: str = ""
    notes: str = ""
    auto_generate_invoices: bool = True
    total_amount: Decimal | None = None
    monthly_payment: Decimal | None = None
    recurring_amount: Decimal | None = None
    payment_day: int | None = None
    custom_installments: tuple[tuple[date, Decimal, str], ...] = ()


@transaction.atomic
def create_subscription(
    *, merchant: Merchant, new: NewSubscription, horizon: timedelta, actor: str, now: datetime
) -> Subscription:
    """
    An ACTIVE subscription with its number, its customer and its installments.

    :param horizon: how far ahead an OPEN_ENDED one is scheduled; the others are scheduled to their end
    """
    today = merchant.local_date(now)
    dues = plan(new, today=today, horizon=horizon)
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
        anchor_date=dues[0].due_date,
        auto_generate_invoices=new.auto_generate_invoices,
        last_sequence=dues[-1].sequence,
        scheduled_until=dues[-1].due_date,
        created_at=now,
    )
    (counter,) = take_numbers(merchant_id=merchant.pk, day=today, kind=NumberSequence.Kind.SUBSCRIPTION)
    subscription.subscription_no = document_number("SUB", today, counter)
    subscription.save(force_insert=True)
    Installment.objects.bulk_create(installments_of(subscription, dues))
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


def plan(new: NewSubscription, *, today: date, horizon: timedelta) -> list[schedules.Due]:
    """The installments a new subscription starts with; never none."""
    if new.type == Type.CUSTOM_SCHEDULE:
        return schedules.custom(new.custom_installments)
    assert new.payment_day is not None
    anchor = schedules.first_due_date(created_on=today, payment_day=new.payment_day)
    if new.type == Type.FIXED_MONTHLY:
        assert new.total_amount is not None
        assert new.monthly_payment is not None
        return schedules.fixed_monthly(
            total=new.total_amount, monthly=new.monthly_payment, anchor=anchor, payment_day=new.payment_day
        )
    assert new.recurring_amount is not None
    return list(
        schedules.open_ended(
            amount=new.recurring_amount,
            anchor=anchor,
            payment_day=new.payment_day,
            after_sequence=0,
            until=max(anchor, today + horizon),
        )
    )


def installments_of(subscription: Subscription, dues: list[schedules.Due]) -> list[Installment]:
    return [
        Installment(
            merchant_id=subscription.merchant_id,
            subscription=subscription,
            sequence=due.sequence,
            due_date=due.due_date,
            amount=due.amount,
            description=due.description,
        )
        for due in dues
    ]
