"""Which bills and installments may be due for a reminder: found set-based, a chunk at a time, oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate

from billing.models import Bill, Merchant
from invoices.models import Invoice, Reminder, ReminderChannel
from invoices.reminder_dates import LATE_AT_MOST, Step
from invoices.services.reminders.plans import Plan, histories_of, key_of, with_message_on
from subscriptions.models import Installment

CHUNK: Final = 200


@dataclass(frozen=True, kw_only=True)
class DueReminder:
    """:param account_id: through which the gateway would be asked to send it"""

    invoice_id: int
    channel: ReminderChannel
    account_id: int | None


def due_for_reminding(*, merchant: Merchant, plan: Plan, now: datetime, chunk: int = CHUNK) -> Iterator[DueReminder]:
    """
    The invoices whose bill or installment has a reminder due today.

    Generous: what is really sent is decided under the lock. The oldest due dates come first, so that of a customer's
    documents the oldest is reminded of.
    """
    today = merchant.local_date(now)
    for step, since, until in _windows(plan.steps, today):
        rows = _candidates(merchant, step, since=since, until=until, today=today)
        if plan.at_most < len(plan.steps):
            made = Coalesce(_made(merchant, "bill"), _made(merchant, "installment"), 0)
            rows = rows.annotate(made=made).filter(made__lt=plan.at_most)
        place = (since, 0)
        while found := list(_behind(rows, place)[:chunk]):
            yield from _really_due([pk for _day, pk in found], merchant=merchant, plan=plan, today=today)
            place = found[-1]


def _windows(steps: Sequence[Step], today: date) -> Iterator[tuple[Step, date, date]]:
    """For each step, the due dates whose latest step it is today; the last step, and so the oldest dates, first."""
    for number in reversed(range(len(steps))):
        until = today - timedelta(days=steps[number].days)
        since = until - LATE_AT_MOST
        if number + 1 < len(steps):
            since = max(since, today - timedelta(days=steps[number + 1].days - 1))
        yield steps[number], since, until


def _candidates(merchant: Merchant, step: Step, *, since: date, until: date, today: date) -> QuerySet[Invoice]:
    """Lean, for it passes over everything that was reminded of already: two probes of an index for each."""
    of_customer = Reminder.objects.filter(merchant=merchant, customer=OuterRef("customer"), on_date=today)
    is_live = Q(status=Invoice.Status.OPEN, cancel_requested_at=None, expires_on__gte=today)
    sent_on = TruncDate("sent_at", tzinfo=ZoneInfo(merchant.time_zone))
    return (
        Invoice.objects.filter(
            # Spelled as in the partial index, or it is not used.
            merchant=merchant,
            status__in=[Invoice.Status.OPEN, Invoice.Status.EXPIRED],
            delivery=Invoice.Delivery.SENT,
            due_date__gte=since,
            due_date__lte=until,
        )
        .filter(is_live | (Q(status=Invoice.Status.EXPIRED) & _is_owed()))
        .filter(due_date__gt=sent_on - Value(timedelta(days=step.days)))
        .filter(~_was_reminded(merchant, "bill", step), ~_was_reminded(merchant, "installment", step))
        .filter(~Exists(of_customer))
        .order_by("due_date", "pk")
    )


def _is_owed() -> Q:
    # By range and not by equality, for which PostgreSQL reads and hashes all bills of everybody (measured).
    bills = Bill.objects.filter(pk__gte=OuterRef("bill"), pk__lte=OuterRef("bill"), status=Bill.Status.PENDING)
    installments = Installment.objects.filter(
        pk__gte=OuterRef("installment"), pk__lte=OuterRef("installment"), status=Installment.Status.INVOICED
    )
    return Exists(bills) | Exists(installments)


def _was_reminded(merchant: Merchant, kind: str, step: Step) -> Exists:
    return Exists(Reminder.objects.filter(merchant=merchant, days__gte=step.days, **{kind: OuterRef(kind)}))


def _made(merchant: Merchant, kind: str) -> Subquery:
    """How many there were, or nothing for none."""
    reminders = Reminder.objects.filter(merchant=merchant, **{kind: OuterRef(kind)})
    counted = reminders.exclude(status=Reminder.Status.NOT_SENT).order_by().values(kind).annotate(count=Count("pk"))
    return Subquery(counted.values("count"))


def _behind(rows: QuerySet[Invoice], place: tuple[date, int]) -> QuerySet[Invoice, tuple[date, int]]:
    day, last_id = place
    return rows.filter(due_date__gte=day).exclude(due_date=day, pk__lte=last_id).values_list("due_date", "pk")


def _really_due(ids: Sequence[int], *, merchant: Merchant, plan: Plan, today: date) -> Iterator[DueReminder]:
    """Those whose own calendar names today: the one that staff were shown."""
    invoices = list(_still_owed(merchant, ids))
    histories = histories_of([invoice.payable for invoice in invoices], merchant=merchant)
    for invoice in invoices:
        assert invoice.sent_at is not None  # invoice_sent_has_an_account_and_a_time
        history = with_message_on(histories[key_of(invoice.payable)], merchant.local_date(invoice.sent_at))
        coming = plan.coming(invoice.payable, history=history, not_before=today)
        if coming and coming[0].on_date == today:
            channel = ReminderChannel(coming[0].channel)
            yield DueReminder(invoice_id=invoice.pk, channel=channel, account_id=invoice.gateway_account_id)


def _still_owed(merchant: Merchant, ids: Sequence[int]) -> QuerySet[Invoice]:
    """With what they ask for, which was not invoiced anew after them."""
    later = Invoice.objects.filter(merchant=merchant, issue_no__gt=OuterRef("issue_no"))
    is_last = ~Exists(later.filter(bill=OuterRef("bill"))) & ~Exists(later.filter(installment=OuterRef("installment")))
    is_owed = Q(bill__status=Bill.Status.PENDING) | Q(installment__status=Installment.Status.INVOICED)
    rows = Invoice.objects.filter(is_last, is_owed, pk__in=ids, customer__messages_stopped_at=None)
    rows = rows.select_related("bill", "installment")
    return rows.order_by("due_date", "pk")
