"""What these tests do again and again: write a plan, send an invoice, let days pass, run the reminders as a worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F, Model

from billing.clock import database_now
from billing.models import Bill, Merchant
from invoices.models import DeliveryAttempt, Invoice, Reminder, ReminderChannel, ReminderStep
from invoices.policy import GatewayPolicy
from invoices.services.reminders.run import merchants_to_remind_for, send_due_reminders
from subscriptions.models import Installment
from tests.factories import make_bill
from tests.invoices.sandbox_account import SandboxedMerchant

SENT = Reminder.Status.SENT
_SHIFTED: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Bill, ("due_date", "promised_until")),
    (Installment, ("due_date", "promised_until")),
    (Invoice, ("due_date", "expires_on", "sent_at", "created_at")),
    (DeliveryAttempt, ("started_at", "finished_at")),
    (Reminder, ("on_date", "claimed_at", "finished_at")),
)


def write_plan(merchant: Merchant, *days: int, channel: ReminderChannel = ReminderChannel.GATEWAY) -> None:
    ReminderStep.objects.bulk_create(ReminderStep(merchant=merchant, days=each, channel=channel) for each in days)


def invoiced_bill(shop: SandboxedMerchant, *, due_in: int = 0, **kwargs: Any) -> Bill:
    """A bill whose invoice the gateway sent yesterday."""
    today = shop.merchant.local_date(database_now())
    before = set(Invoice.objects.values_list("pk", flat=True))
    bill = make_bill(shop.merchant, due_date=today + timedelta(days=due_in), **kwargs)
    shop.issue()
    shop.push()
    sent = Invoice.objects.exclude(pk__in=before)
    assert {invoice.delivery for invoice in sent} == {"SENT"}
    sent.update(sent_at=F("sent_at") - timedelta(days=1))
    DeliveryAttempt.objects.filter(invoice__in=sent).update(started_at=F("started_at") - timedelta(days=1))
    return bill


def let_days_pass(days: int) -> None:
    """Everything that happened, or was fixed for a day, lies so many days further back."""
    for model, columns in _SHIFTED:
        moved = {column: F(column) - timedelta(days=days) for column in columns}
        model._default_manager.update(**moved)


def remind(shop: SandboxedMerchant) -> int:
    """One sweep, if it finds that this merchant has anything to remind of."""
    if shop.merchant.pk not in merchants_to_remind_for(now=database_now()):
        return 0
    made, is_done = send_due_reminders(merchant_id=shop.merchant.pk, policy=GatewayPolicy.from_settings(), seconds=60)
    assert is_done
    return made


def reminders() -> list[tuple[int, str, str]]:
    return list(Reminder.objects.order_by("pk").values_list("days", "channel", "status"))
