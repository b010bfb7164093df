"""What a new subscription states, and the schedule it begins with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from billing.models import Merchant, Weekend
from billing.services import StatedCustomer
from subscriptions import schedules
from subscriptions.changes.plans import Change, Line
from subscriptions.changes.warnings import date_warnings, remainder_warnings
from subscriptions.limits import within_limit
from subscriptions.missed import outlook_of
from subscriptions.models import Subscription

Type = Subscription.Type


@dataclass(frozen=True, kw_only=True)
class NewSubscription:
    """
    A subscription as a merchant or its staff states it, already checked. Empty text means unstated.

    FIXED_MONTHLY states `total_amount`, `monthly_payment`, `payment_day`; CUSTOM_SCHEDULE `total_amount` and
    `custom_installments` as (due date, amount, description); OPEN_ENDED `recurring_amount` and `payment_day`.

    :param payment_day: 1 to 31, a month too short for it is paid on its last day; None for a weekly plan
    :param start_date: the first payment is due on or after it; None: the day of creation
    :param skip_first: the first payment is the one after that
    :param ends_after: so many payments of an OPEN_ENDED plan
    :param ends_on: the last day a payment of an OPEN_ENDED plan may fall on
    :param channel: one of billing.models.Channel; empty: the customer's, or the merchant's
    """

    type: Subscription.Type
    customer_name: str
    customer_phone: str
    product_name: str
    customer_email: str = ""
    customer_national_id: str = ""
    customer_address: str = ""
    description: str = ""
    notes: str = ""
    auto_generate_invoices: bool = True
    total_amount: Decimal | None = None
    monthly_payment: Decimal | None = None
    recurring_amount: Decimal | None = None
    payment_day: int | None = None
    custom_installments: tuple[tuple[date, Decimal, str], ...] = ()
    interval: schedules.Interval = schedules.Interval.MONTHLY
    start_date: date | None = None
    skip_first: bool = False
    ends_after: int | None = None
    ends_on: date | None = None
    channel: str = ""

    @property
    def customer(self) -> StatedCustomer:
        return StatedCustomer(
            phone=self.customer_phone,
            name=self.customer_name,
            email=self.customer_email,
            national_id=self.customer_national_id,
            address=self.customer_address,
        )


def beginning_of(merchant: Merchant, new: NewSubscription, dues: list[schedules.Due], today: date) -> Change:
    """The change from nothing to this schedule, with what to think of."""
    lines = tuple(
        Line(sequence=due.sequence, due_date=due.due_date, amount=due.amount, description=due.description)
        for due in dues
    )
    outlook = outlook_of(
        sorted((line.due_date, line.amount) for line in lines),
        merchant=merchant,
        has_an_end=new.type != Type.OPEN_ENDED,
        is_by_itself=new.auto_generate_invoices,
        today=today,
    )
    warnings = list(date_warnings(lines, today=today, weekend=Weekend(merchant.weekend).days, outlook=outlook))
    if new.type == Type.FIXED_MONTHLY:
        warnings += remainder_warnings(lines)
    return Change(before=(), after=lines, warnings=tuple(warnings))


def plan(new: NewSubscription, *, today: date, horizon: timedelta) -> list[schedules.Due]:
    """
    The installments a new subscription starts with; never none.

    :raises NothingToSchedule:
    :raises TooManyPayments:
    """
    if new.type == Type.CUSTOM_SCHEDULE:
        return within_limit(schedules.custom(new.custom_installments))
    rule = _first_rule(new, starts_on=new.start_date or today)
    return within_limit(
        schedules.expected_dues(
            [rule],
            total=new.total_amount,
            until=max(rule.anchor, today + horizon),
            ends_after=new.ends_after,
            ends_on=new.ends_on,
        )
    )


def _first_rule(new: NewSubscription, *, starts_on: date) -> schedules.Rule:
    anchor = starts_on
    if new.payment_day is not None:
        anchor = schedules.first_due_date(starts_on=starts_on, payment_day=new.payment_day)
    rule = schedules.Rule(
        from_sequence=1,
        anchor=anchor,
        interval=new.interval,
        payment_day=new.payment_day,
        amount=_stated(new.monthly_payment or new.recurring_amount),
    )
    return replace(rule, anchor=schedules.due_date(rule, 2)) if new.skip_first else rule


def scheduled_until(new: NewSubscription, dues: list[schedules.Due]) -> date:
    """As far as these installments go; of an OPEN_ENDED plan the last day before it needs another."""
    if new.type != Type.OPEN_ENDED:
        return dues[-1].due_date
    rule = replace(_first_rule(new, starts_on=dues[0].due_date), anchor=dues[0].due_date)
    return schedules.scheduled_until([rule], dues[-1].sequence, ends_after=new.ends_after, ends_on=new.ends_on)


def _stated(amount: Decimal | None) -> Decimal:
    assert amount is not None  # subscription_amounts_fit_its_type
    return amount
