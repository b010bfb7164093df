"""
The Celery tasks: they wake work that the database holds.

Every task may be lost, run twice, late, or beside itself. That is harmless because none carries state: each claims
what it finds due, row by row, in the database, and finds nothing where another was faster.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from django.conf import settings

from billing.clock import database_now
from billing.one_pass import one_pass
from billing.webhooks.deliveries import deliver_due, endpoints_to_call, forget_old_deliveries
from invoices.payouts.matching import match_all
from invoices.policy import GatewayPolicy
from invoices.services import sweeps
from invoices.services.auditing import audit_is_due, forget_old_differences, record_audit
from invoices.services.callbacks.processing import process_callbacks
from invoices.services.enquiries.errands import ERRANDS, due_accounts, run_errands
from invoices.services.figures.keeping import keep_figures
from invoices.services.issuing_for_all import groups_to_issue, issue_for_all, merchants_with_work
from invoices.services.outdated import compare_all
from invoices.services.pushing.delivery import push_due
from invoices.services.pushing.due_accounts import accounts_to_push, groups_to_push
from invoices.services.receipt_emails.run import send_due_receipts
from invoices.services.reminders.run import merchants_to_remind_for, send_due_reminders
from invoices.webhooks import post_announcement


def _wake(task: Task[Any, Any], *arguments: object) -> None:
    # One that could not begin before the next sweep has nothing to add to it.
    task.apply_async(arguments, expires=max(settings.SWEEP_INTERVAL, 60))


@shared_task
def issue_invoices() -> None:
    """Wake the issuing of what is due, a group of merchants a message."""
    for merchant_ids in groups_to_issue(now=database_now(), workers=settings.ISSUE_WORKERS):
        _wake(issue_for_merchants, merchant_ids)


@shared_task
def issue_for_merchants(merchant_ids: list[int]) -> None:
    """Invoice what is due of these for a while, then have it sent; what is left then is woken again."""
    now = database_now()
    if issue_for_all(now=now, ids=merchant_ids, seconds=settings.ISSUE_TASK_SECONDS):
        _wake(sweep_pushes)
        if merchants_with_work(now=now).filter(pk__in=merchant_ids).exists():
            _wake(issue_for_merchants, merchant_ids)


@shared_task
def sweep_pushes() -> None:
    """Wake pushes for the gateway accounts with invoices due to be sent, some accounts in each."""
    policy = GatewayPolicy.from_settings()
    for account_ids in groups_to_push(now=database_now(), policy=policy):
        _wake(push_invoices, account_ids)


@shared_task
def push_invoices(account_ids: list[int]) -> None:
    """Send some accounts' due invoices for a while; what is left is woken again, after others had their turn."""
    calls = push_due(account_ids=account_ids, policy=GatewayPolicy.from_settings(), seconds=settings.PUSH_TASK_SECONDS)
    left = set(account_ids).intersection(accounts_to_push(now=database_now())) if calls else set()
    if left:
        _wake(push_invoices, sorted(left))


@shared_task
def sweep_errands() -> None:
    """Wake the looks, polls and cancellations that are due, per account."""
    now = database_now()
    for name, errand in ERRANDS.items():
        for account_id in due_accounts(errand, now=now):
            _wake(run_account_errands, name, account_id)


@shared_task
def run_account_errands(name: str, account_id: int) -> None:
    """A batch of one account's errands of one kind; more are woken again."""
    done = run_errands(ERRANDS[name], account_id=account_id, policy=GatewayPolicy.from_settings())
    if done and account_id in due_accounts(ERRANDS[name], now=database_now()):
        _wake(run_account_errands, name, account_id)


@shared_task
def sweep_callbacks() -> None:
    """Ask the gateway about what callbacks hint at."""
    process_callbacks(policy=GatewayPolicy.from_settings(), now=database_now())


@shared_task
def tidy() -> None:
    """Cancel what is owed no longer or otherwise, issue what follows, forget what nobody needs."""
    sweeps.tidy(now=database_now())


@shared_task
def compare_invoices() -> None:
    """Compare every open invoice with what is owed, marked as changed or not."""
    compare_all(now=database_now())


@shared_task(soft_time_limit=3000, time_limit=3060)
def audit() -> None:
    """Once a night, compare the whole book with what should be; it takes some minutes for a million periods."""
    now = database_now()
    if audit_is_due(now=now):
        record_audit(now=now)
        forget_old_differences(now=now)


@shared_task
def count_figures() -> None:
    """Keep what home shows up to date for a while; what is left then is the first of the next time."""
    keep_figures(now=database_now(), seconds=settings.REMINDER_TASK_SECONDS)


@shared_task
def match_statements() -> None:
    """Hold lines of the gateway's statements against payments that came since; the same twice changes nothing."""
    match_all(now=database_now())


@shared_task
def send_receipts() -> None:
    """Send the receipts that are due for a while; what is left then is woken again, after others had their turn."""
    with one_pass("receipts", seconds=settings.CELERY_TASK_TIME_LIMIT) as is_ours:
        is_done = not is_ours or send_due_receipts(seconds=settings.REMINDER_TASK_SECONDS)[1]
    if not is_done:
        _wake(send_receipts)


@shared_task
def sweep_webhooks() -> None:
    """Wake the calls to merchants' systems that are due, and forget what was delivered long ago."""
    now = database_now()
    for endpoint_id in endpoints_to_call(now=now):
        _wake(call_webhook, endpoint_id)
    forget_old_deliveries(now=now, kept=timedelta(days=settings.WEBHOOK_DELIVERIES_KEPT_DAYS))


@shared_task
def call_webhook(endpoint_id: int) -> None:
    """Tell one endpoint what is due for a while; what is left then is woken again, after others had their turn."""
    _taken, is_done = deliver_due(
        endpoint_id=endpoint_id,
        post=post_announcement,
        deadline=settings.WEBHOOK_DEADLINE,
        seconds=settings.WEBHOOK_TASK_SECONDS,
    )
    if not is_done:
        _wake(call_webhook, endpoint_id)


@shared_task
def sweep_reminders() -> None:
    """Wake the reminders of every merchant that has a plan, or that staff asked for."""
    for merchant_id in merchants_to_remind_for(now=database_now()):
        _wake(send_reminders, merchant_id)


@shared_task
def send_reminders(merchant_id: int) -> None:
    """Send a merchant's due reminders for a while; what is left then is woken again, after others had their turn."""
    policy, seconds = GatewayPolicy.from_settings(), settings.REMINDER_TASK_SECONDS
    with one_pass(f"reminders:{merchant_id}", seconds=settings.CELERY_TASK_TIME_LIMIT) as is_ours:
        is_done = not is_ours or send_due_reminders(merchant_id=merchant_id, policy=policy, seconds=seconds)[1]
    if not is_done:
        _wake(send_reminders, merchant_id)
