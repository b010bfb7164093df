"""
The Celery tasks: they wake work that the database holds.

Every task may be lost, run twice, late, or beside itself. That is harmless because none carries state: each claims
what it finds due, row by row, in the database, and finds nothing where another was faster.
"""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from billing.clock import database_now
from invoices.policy import GatewayPolicy
from invoices.services import sweeps
from invoices.services.callbacks import process_callbacks
from invoices.services.delivery import push_due
from invoices.services.errands import ERRANDS, due_accounts, run_errands


@shared_task
def issue_invoices() -> None:
    """Invoice what is due, then have it sent."""
    if sweeps.issue_for_all(now=database_now()):
        sweep_pushes.delay()


@shared_task
def sweep_pushes() -> None:
    """Wake a push for every gateway account with invoices due to be sent."""
    for account_id in sweeps.accounts_to_push(now=database_now()):
        push_invoices.delay(account_id)


@shared_task
def push_invoices(account_id: int) -> None:
    """Send an account's due invoices for a while; what is left then is woken again, after others had their turn."""
    calls = push_due(account_id=account_id, policy=GatewayPolicy.from_settings(), seconds=settings.PUSH_TASK_SECONDS)
    if calls and account_id in sweeps.accounts_to_push(now=database_now()):
        push_invoices.delay(account_id)


@shared_task
def sweep_errands() -> None:
    """Wake the looks, polls and cancellations that are due, per account."""
    now = database_now()
    for name, errand in ERRANDS.items():
        for account_id in due_accounts(errand, now=now):
            run_account_errands.delay(name, account_id)


@shared_task
def run_account_errands(name: str, account_id: int) -> None:
    """A batch of one account's errands of one kind; more are woken again."""
    done = run_errands(ERRANDS[name], account_id=account_id, policy=GatewayPolicy.from_settings())
    if done and account_id in due_accounts(ERRANDS[name], now=database_now()):
        run_account_errands.delay(name, account_id)


@shared_task
def sweep_callbacks() -> None:
    """Ask the gateway about what callbacks hint at."""
    process_callbacks(policy=GatewayPolicy.from_settings(), now=database_now())


@shared_task
def tidy() -> None:
    """Cancel what is no longer owed, renew what was partly paid, forget what nobody needs."""
    sweeps.tidy(now=database_now())
