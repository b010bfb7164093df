"""
The sweeps: each finds, in the database alone, what is due and not done.

They are what makes everything happen; wake-ups only shorten the wait. Every one may run twice, late, or beside
itself: the work it finds is claimed row by row.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from billing.api.idempotency import forget_answers
from billing.chunks import in_chunks
from billing.importing.uploading import forget_files
from billing.models import Bill, Merchant
from billing.webhooks.deliveries import deliver_due, endpoints_to_call
from invoices.models import Invoice
from invoices.payouts.matching import match_all
from invoices.policy import GatewayPolicy
from invoices.services.callbacks import process_callbacks, prune_callbacks
from invoices.services.cancelling import finish_cancellations
from invoices.services.enquiries.errands import ERRANDS, Errand, due_accounts, run_errands
from invoices.services.expiry import expire_unanswerable
from invoices.services.fallback import fall_back_refused
from invoices.services.issuing import issue_due
from invoices.services.outdated import compare_all, replace_outdated
from invoices.services.pushing.delivery import push_due
from invoices.services.pushing.leases import release_expired_leases
from invoices.services.receipt_emails.run import send_due_receipts
from invoices.services.reminders.run import merchants_to_remind_for, send_due_reminders
from invoices.services.renewals import renew_cancelled
from invoices.webhooks import post_announcement
from subscriptions.models import Installment, Subscription
from subscriptions.services import extend_open_ended

logger = logging.getLogger(__name__)

_TIDYING: Final[Mapping[str, Callable[..., int]]] = {
    "outdated": replace_outdated,
    "cancelled": finish_cancellations,
    "expired": expire_unanswerable,
    "fallen_back": fall_back_refused,
    "renewed": renew_cancelled,
    "callbacks_forgotten": prune_callbacks,
    "idempotency_keys_forgotten": forget_answers,
    "import_files_forgotten": forget_files,
}
MERCHANTS_TOGETHER = 50
# From so many due installments on, several workers share a merchant.
SHARED_FROM = 5_000


def issue_for_all(
    *,
    now: datetime,
    as_of: date | None = None,
    username: str | None = None,
    ids: Iterable[int] | None = None,
    seconds: float | None = None,
) -> int:
    """
    Extend open-ended plans and invoice what is due, merchant by merchant; how many invoices that made.

    :param ids: only these merchants
    :param seconds: stop after about as long; what is left stays due
    """
    merchants = merchants_with_work(now=now, as_of=as_of)
    if username is not None:
        merchants = merchants.filter(username=username)
    if ids is not None:
        merchants = merchants.filter(pk__in=list(ids))
    ends_at = None if seconds is None else time.monotonic() + seconds
    issued = 0
    for merchant in merchants:
        left = None if ends_at is None else ends_at - time.monotonic()
        if left is not None and left <= 0:
            break
        try:
            half = None if left is None else left / 2  # what is due today shall not wait for what is due in a year
            extend_open_ended(merchant=merchant, horizon=settings.OPEN_ENDED_HORIZON, now=now, seconds=half)
            left = None if ends_at is None else ends_at - time.monotonic()
            issued += issue_due(merchant=merchant, now=now, as_of=as_of, seconds=left)
        except Exception:  # one merchant's trouble is not another's
            logger.exception("merchant %s: issuing failed", merchant.pk)
    return issued


def groups_to_issue(
    *, now: datetime, workers: int, together: int = MERCHANTS_TOGETHER, shared_from: int = SHARED_FROM
) -> list[list[int]]:
    """
    The merchants with work, so many together as one message should carry.

    One with very many due installments is a group of its own, once for each of so many workers: they share its rows.
    """
    ids = list(merchants_with_work(now=now).values_list("pk", flat=True))
    due = Installment.objects.due_for_invoicing(until=now.date())
    counts = due.values("merchant").order_by().annotate(count=Count("pk")).filter(count__gte=shared_from)
    large = set(counts.values_list("merchant", flat=True)).intersection(ids)
    small = [merchant_id for merchant_id in ids if merchant_id not in large]
    groups = [list(some) for some in in_chunks(small, together)]
    return groups + [[merchant_id] for merchant_id in sorted(large) for _ in range(workers)]


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
        Q(gateway_account__paused_until=None) | Q(gateway_account__paused_until__lte=now),
        Q(gateway_account__breaker_open_until=None) | Q(gateway_account__breaker_open_until__lte=now),
        delivery=Invoice.Delivery.NEW,
        next_attempt_at__lte=now,
        gateway_account__parked_at=None,
        gateway_account__isnull=False,
        gateway_account__replaced_at=None,
        cancel_requested_at=None,
        merchant__is_active=True,
    )
    return list(due.order_by().values_list("gateway_account_id", flat=True).distinct())


def groups_to_push(*, now: datetime, policy: GatewayPolicy) -> list[list[int]]:
    """The same accounts in groups, one for each pushing task, in no order: no account is always the last."""
    accounts, size = accounts_to_push(now=now), policy.accounts_at_once
    random.shuffle(accounts)
    return [list(some) for some in in_chunks(accounts, size)]


def tidy(*, now: datetime) -> dict[str, int]:
    """Cancel what is owed no longer or otherwise, issue what follows, forget what nobody needs."""
    return {name: _try_step(name, step, now) for name, step in _TIDYING.items()}


def _try_step(name: str, step: Callable[..., int], now: datetime) -> int:
    try:
        return step(now=now)
    except Exception:  # the other steps have their own work
        logger.exception("tidying: %s failed", name)
        return 0


def sweep_everything(*, now: datetime, policy: GatewayPolicy) -> dict[str, int]:
    """Every sweep once, in this process, in the order in which work flows."""
    done = {"issued": issue_for_all(now=now), "compared": compare_all(now=now)} | tidy(now=now)
    done["pushed"] = sum(
        push_due(account_ids=group, policy=policy, seconds=60) for group in groups_to_push(now=now, policy=policy)
    )
    done["callbacks"] = process_callbacks(policy=policy, now=now)
    for name, errand in ERRANDS.items():
        run = partial(_run_errands, errand, policy)
        done[name] = _in_turn(due_accounts(errand, now=now), run)
    done["reminders"] = _in_turn(merchants_to_remind_for(now=now), partial(_send_reminders, policy))
    done["receipts"], _is_done = send_due_receipts(seconds=60)
    done["statements"] = match_all(now=now)
    done["webhooks"] = _in_turn(endpoints_to_call(now=now), _call_webhook)
    return done


def _run_errands(errand: Errand, policy: GatewayPolicy, account_id: int) -> int:
    return run_errands(errand, account_id=account_id, policy=policy)


def _send_reminders(policy: GatewayPolicy, merchant_id: int) -> int:
    made, _is_done = send_due_reminders(merchant_id=merchant_id, policy=policy, seconds=60)
    return made


def _call_webhook(endpoint_id: int) -> int:
    deadline = settings.WEBHOOK_DEADLINE
    taken, _is_done = deliver_due(endpoint_id=endpoint_id, post=post_announcement, deadline=deadline, seconds=60)
    return taken


def _in_turn(ids: Iterable[int], work: Callable[[int], int]) -> int:
    """The same for each account or merchant; one that fails does not keep the others waiting."""
    done = 0
    for row_id in ids:
        try:
            done += work(row_id)
        except Exception:
            logger.exception("%s of row %s: a sweep failed", work, row_id)
    return done
