"""A merchant's plan of reminders, and what of it is still to come for a bill or installment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, Event, Merchant
from billing.services import record_event
from invoices.models import Invoice, Reminder, ReminderChannel, ReminderStep
from invoices.quiet_times import QuietTimes
from invoices.reminder_dates import History, PlannedReminder, Step, reminder_dates
from invoices.services.payables import Payable, document_of, payable_filter
from invoices.services.pushing.quiet_hours import quiet_times_of

USUAL: Final = (-3, 0, 3, 7, 14)


class PlanExists(DomainError):
    code = "PLAN_EXISTS"
    message = gettext_noop("This merchant has a reminder plan already. Change its steps one by one.")


class StepGone(DomainError):
    code = "STEP_GONE"
    message = gettext_noop("This step is not part of the plan any more. Look at the list again.")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A merchant's rules of reminding, read once."""

    steps: tuple[Step, ...]
    at_most: int
    quiet_times: QuietTimes

    def coming(self, payable: Payable, *, history: History, not_before: date) -> list[PlannedReminder]:
        """
        By the calendar alone: whether it is still owed is not asked here.

        :param not_before: a local day
        """
        return reminder_dates(
            due_date=payable.due_date,
            steps=self.steps,
            at_most=self.at_most,
            history=history,
            not_before=not_before,
            promised_until=payable.promised_until,
            quiet_weekdays=self.quiet_times.days,
        )


def plan_of(merchant: Merchant) -> Plan:
    steps = merchant.reminder_steps.order_by("days")
    return Plan(
        steps=tuple(Step(days=step.days, channel=step.channel) for step in steps),
        at_most=merchant.reminders_at_most,
        quiet_times=quiet_times_of(merchant),
    )


@transaction.atomic
def start_usual_plan(*, merchant_id: int, actor: str) -> list[ReminderStep]:
    """
    The plan most merchants want, by the gateway's own messages. No merchant has one before somebody asks for it.

    :raises PlanExists:
    """
    merchant = Merchant.objects.select_for_update().get(pk=merchant_id)
    if merchant.reminder_steps.exists():
        raise PlanExists
    steps = [ReminderStep(merchant=merchant, days=days, channel=ReminderChannel.GATEWAY) for days in USUAL]
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=merchant_id,
        name="reminder_plan_started",
        actor=actor,
    )
    return ReminderStep.objects.bulk_create(steps)


@transaction.atomic
def take_out_step(*, merchant_id: int, step_id: int, actor: str) -> None:
    """
    Nobody is reminded by this step any more.

    :raises StepGone: somebody else has taken it out
    """
    step = ReminderStep.objects.select_for_update().filter(merchant_id=merchant_id, pk=step_id).first()
    if step is None:
        raise StepGone
    record_plan_change(merchant_id=merchant_id, actor=actor)
    step.delete()


def record_plan_change(*, merchant_id: int, actor: str) -> None:
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=merchant_id,
        name="reminder_plan_changed",
        actor=actor,
    )


def coming_reminders(
    payable: Payable, *, now: datetime, made: Iterable[Reminder] | None = None
) -> list[PlannedReminder]:
    """
    What staff are shown: the days on which this will be reminded of, as long as it is not paid.

    :param made: all reminders of it, where they were read already
    """
    merchant = payable.merchant
    customer = document_of(payable).customer
    if payable.amount_due <= 0 or not merchant.is_active or customer.messages_stopped_at is not None:
        return []
    today = merchant.local_date(now)
    last = max(payable.invoices.all(), key=lambda invoice: invoice.issue_no, default=None)
    if last is not None and last.status == Invoice.Status.CANCELLED and not last.renew_when_cancelled:
        return []
    history = History()
    for each in reminders_of(payable) if made is None else made:
        history = _after(history, days=each.days, on_date=each.on_date, status=each.status)
    asked_on = _asked_on(payable, last, today)
    history = with_message_on(history, asked_on)
    is_taken = Reminder.objects.filter(merchant=merchant, customer=customer, on_date=today).exists()
    return plan_of(merchant).coming(payable, history=history, not_before=today + timedelta(days=1 if is_taken else 0))


def histories_of(payables: Iterable[Payable], *, merchant: Merchant) -> dict[tuple[str, int], History]:
    """What each of the merchant's bills and installments was reminded of, in one query, by `("bill", id)`."""
    keys = [key_of(payable) for payable in payables]
    histories = dict.fromkeys(keys, History())
    bills = [pk for kind, pk in keys if kind == "bill"]
    installments = [pk for kind, pk in keys if kind == "installment"]
    made = Reminder.objects.filter(Q(bill__in=bills) | Q(installment__in=installments), merchant=merchant)
    for bill_id, installment_id, days, on_date, status in made.order_by("on_date").values_list(
        "bill_id", "installment_id", "days", "on_date", "status"
    ):
        key = ("bill", bill_id) if bill_id else ("installment", installment_id)
        histories[key] = _after(histories[key], days=days, on_date=on_date, status=status)
    return histories


def history_of(payable: Payable) -> History:
    return histories_of([payable], merchant=payable.merchant)[key_of(payable)]


def with_message_on(history: History, day: date | None) -> History:
    """The same, with the invoice's own message, which stands for the steps up to its day."""
    days = [each for each in (history.last_message_on, day) if each]
    return History(last_message_on=max(days, default=None), last_days=history.last_days, count=history.count)


def reminders_of(payable: Payable) -> list[Reminder]:
    return list(Reminder.objects.filter(**payable_filter(payable)).order_by("on_date", "pk"))


def key_of(payable: Payable) -> tuple[str, int]:
    """How `histories_of` names it."""
    return ("bill" if isinstance(payable, Bill) else "installment", payable.pk)


def _asked_on(payable: Payable, last: Invoice | None, today: date) -> date:
    """The day on which the customer was asked to pay, or will be."""
    merchant = payable.merchant
    if last is None:
        return max(today, payable.due_date - timedelta(days=merchant.issue_days_ahead))
    return merchant.local_date(last.sent_at) if last.sent_at else today


def _after(history: History, *, days: int, on_date: date, status: str) -> History:
    """:param status: one that was certainly not sent takes nothing from what the customer may get"""
    return History(
        last_message_on=max(filter(None, (history.last_message_on, on_date))),
        last_days=days if history.last_days is None else max(days, history.last_days),
        count=history.count + (status != Reminder.Status.NOT_SENT),
    )
