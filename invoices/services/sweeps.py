"""
The sweeps: each finds, in the database alone, what is due and not done.

They are what makes everything happen; wake-ups only shorten the wait. Every one may run twice, late, or beside
itself: the work it finds is claimed row by row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from billing.models import Bill, IdempotencyKey, Merchant
from invoices.models import Invoice
from invoices.policy import GatewayPolicy
from invoices.services.callbacks import process_callbacks, prune_callbacks
from invoices.services.cancelling import cancel_orphans, finish_cancellations
from invoices.services.delivery import push_due
from invoices.services.errands import ERRANDS, Errand, due_accounts, run_errands
from invoices.services.expiry import expire_unanswerable
from invoices.services.issuing import issue_due
from invoices.services.leases import release_expired_leases
from invoices.services.renewals import renew_cancelled
from subscriptions.models import Installment, Subscription
from subscriptions.services import extend_open_ended

logger = logging.getLogger(__name__)

IDEMPOTENCY_KEYS_LIVE = timedelta(hours=24)


def issue_for_all(*, now: datetime, as_of: date | None = None, username: str | None = None) -> int:
    """Extend open-ended plans and invoice what is due, merchant by merchant; how many invoices that made."""
    merchants = merchants_with_work(now=now, as_of=as_of)
    if username is not None:
        merchants = merchants.filter(username=username)
    issued = 0
    for merchant in merchants:
        try:
            extend_open_ended(merchant=merchant, horizon=settings.OPEN_ENDED_HORIZON, now=now)
            issued += issue_due(merchant=merchant, now=now, as_of=as_of)
        except Exception:  # one merchant's trouble is not another's
            logger.exception("merchant %s: issuing failed", merchant.pk)
    return issued


def merchants_with_work(*, now: datetime, as_of: date | None = None) -> QuerySet[Merchant]:
    """
    The merchants worth visiting: with something to invoice, a plan to extend, or invoices without an account.

    Generous by a day and by the longest lead any merchant has, because "today" differs between time zones; what is
    really due is decided merchant by merchant.
    """
    active = Merchant.objects.filter(is_active=True)
    days_ahead = active.aggregate(most=Max("issue_days_ahead"))["most"] or 0
    latest = (as_of or now.date()) + timedelta(days=days_ahead + 1)
    behind = now.date() + settings.OPEN_ENDED_HORIZON
    of_merchant = {"merchant": OuterRef("pk")}
    without_account = Q(gateway_account=None) | Q(gateway_account__replaced_at__isnull=False)
    waiting = Invoice.objects.live().filter(without_account, delivery=Invoice.Delivery.NEW)
    return active.filter(
        Exists(Bill.objects.never_invoiced().filter(**of_merchant))
        | Exists(Installment.objects.due_for_invoicing(until=latest).filter(**of_merchant))
        | Exists(Subscription.objects.open_ended_and_active().filter(scheduled_until__lte=behind, **of_merchant))
        | Exists(waiting.filter(**of_merchant))
    )


def accounts_to_push(*, now: datetime) -> list[int]:
    """The gateway accounts that have invoices due to be sent, after expired leases were given back."""
    release_expired_leases(now=now)
    due = Invoice.objects.live().filter(
        delivery=Invoice.Delivery.NEW,
        next_attempt_at__lte=now,
        gateway_account__parked_at=None,
        gateway_account__isnull=False,
        gateway_account__replaced_at=None,
        cancel_requested_at=None,
        merchant__is_active=True,
    )
    return list(due.order_by().values_list("gateway_account_id", flat=True).distinct())


def tidy(*, now: datetime) -> dict[str, int]:
    """Cancel what is no longer owed, renew what was partly paid, forget what nobody needs."""
    forgotten, _ = IdempotencyKey.objects.filter(created_at__lt=now - IDEMPOTENCY_KEYS_LIVE).delete()
    return {
        "orphans": cancel_orphans(now=now),
        "cancelled": finish_cancellations(now=now),
        "expired": expire_unanswerable(now=now),
        "renewed": renew_cancelled(now=now),
        "callbacks_forgotten": prune_callbacks(now=now),
        "idempotency_keys_forgotten": forgotten,
    }


def sweep_everything(*, now: datetime, policy: GatewayPolicy) -> dict[str, int]:
    """Every sweep once, in this process, in the order in which work flows."""
    done = {"issued": issue_for_all(now=now)} | tidy(now=now)
    done["pushed"] = _in_turn(
        accounts_to_push(now=now), lambda account_id: push_due(account_id=account_id, policy=policy, seconds=60)
    )
    done["callbacks"] = process_callbacks(policy=policy, now=now)
    for name, errand in ERRANDS.items():
        run = partial(_run_errands, errand, policy)
        done[name] = _in_turn(due_accounts(errand, now=now), run)
    return done


def _run_errands(errand: Errand, policy: GatewayPolicy, account_id: int) -> int:
    return run_errands(errand, account_id=account_id, policy=policy)


def _in_turn(account_ids: Iterable[int], work: Callable[[int], int]) -> int:
    """The same for each account; one that fails does not keep the others waiting."""
    done = 0
    for account_id in account_ids:
        try:
            done += work(account_id)
        except Exception:
            logger.exception("gateway account %s: a sweep failed", account_id)
    return done
