"""Reminding: what is due is found, claimed and sent, one customer after another."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models import Exists, OuterRef

from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Merchant
from invoices.models import GatewayAccount, Reminder, ReminderChannel, ReminderStep
from invoices.policy import GatewayPolicy
from invoices.services.reminders.claims import claim_due_reminder
from invoices.services.reminders.plans import Plan, plan_of
from invoices.services.reminders.requests import claim_asked_reminder
from invoices.services.reminders.rows import drop_settled, release_dead_claims
from invoices.services.reminders.rules import can_call
from invoices.services.reminders.search import DueReminder, due_for_reminding
from invoices.services.reminders.sending import send_reminder

logger = logging.getLogger(__name__)


def merchants_to_remind_for(*, now: datetime) -> list[int]:
    """The active merchants with a plan, or with reminders that staff asked for, after what died was given up."""
    release_dead_claims(now=now)
    drop_settled(now=now)
    steps = ReminderStep.objects.filter(merchant=OuterRef("pk"))
    waiting = Reminder.objects.filter(merchant=OuterRef("pk"), status=Reminder.Status.TO_DO)
    active = Merchant.objects.filter(is_active=True)
    return list(active.filter(Exists(steps) | Exists(waiting)).order_by("pk").values_list("pk", flat=True))


def send_due_reminders(*, merchant_id: int, policy: GatewayPolicy, seconds: float) -> tuple[int, bool]:
    """
    Remind of what is due today, for about so many seconds; how many that made, and whether all were looked at.

    Safe beside itself and after dying anywhere: each is claimed on its own, and the database refuses a second for a
    customer and day. In the merchant's quiet time nothing is done.
    """
    merchant = Merchant.objects.get(pk=merchant_id)
    plan, now = plan_of(merchant), database_now()
    if not merchant.is_active or plan.quiet_times.are_on(now):
        return 0, True
    ends_at = time.monotonic() + seconds
    run = _Run(merchant, plan, policy)
    tasks: Iterator[DueReminder | _Asked] = chain(
        _asked_for(merchant), due_for_reminding(merchant=merchant, plan=plan, now=now)
    )
    for task in tasks:
        if time.monotonic() >= ends_at:
            return run.made, False
        run.remind(task)
    return run.made, True


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A reminder that staff asked for, and a worker sends."""

    reminder_id: int
    channel: ReminderChannel
    account_id: int | None


class _Run:
    """One pass over a merchant's reminders. What cannot be sent just now is left for the next, and not used up."""

    def __init__(self, merchant: Merchant, plan: Plan, policy: GatewayPolicy) -> None:
        self.made = 0
        self._plan = plan
        self._policy = policy
        accounts = GatewayAccount.objects.filter(merchant=merchant)
        self._accounts = {account.pk for account in accounts if can_call(account, now=database_now())}
        self._has_mail = True

    def remind(self, task: DueReminder | _Asked) -> None:
        if not self._is_up(task):
            return
        try:
            reminder = self._claim(task)
            self.made += 1
            if reminder.status == Reminder.Status.CLAIMED and send_reminder(reminder, policy=self._policy).is_down:
                self._leave_alone(task)
        except DomainError:
            pass  # paid, promised, or reminded of since it was found
        except Exception:  # one document's trouble is not another's
            logger.exception("a reminder failed: %s", task)

    def _claim(self, task: DueReminder | _Asked) -> Reminder:
        now = database_now()
        if isinstance(task, _Asked):
            return claim_asked_reminder(reminder_id=task.reminder_id, now=now)
        return claim_due_reminder(invoice_id=task.invoice_id, plan=self._plan, now=now)

    def _is_up(self, task: DueReminder | _Asked) -> bool:
        if task.channel == ReminderChannel.GATEWAY:
            return task.account_id in self._accounts
        return task.channel != ReminderChannel.EMAIL or self._has_mail

    def _leave_alone(self, task: DueReminder | _Asked) -> None:
        if task.channel == ReminderChannel.GATEWAY:
            self._accounts.discard(task.account_id or 0)
        else:
            self._has_mail = False


def _asked_for(merchant: Merchant) -> Iterator[_Asked]:
    waiting = Reminder.objects.filter(merchant=merchant, status=Reminder.Status.TO_DO)
    waiting = waiting.exclude(channel=ReminderChannel.WHATSAPP).order_by("pk")
    for pk, channel, account_id in waiting.values_list("pk", "channel", "invoice__gateway_account_id"):
        yield _Asked(reminder_id=pk, channel=ReminderChannel(channel), account_id=account_id)
