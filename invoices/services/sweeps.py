"""
The sweeps: each finds, in the database alone, what is due and not done.

They are what makes everything happen; wake-ups only shorten the wait. Every one may run twice, late, or beside
itself: the work it finds is claimed row by row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from django.conf import settings

from billing.idempotency import forget_answers
from billing.importing.uploading import forget_files
from billing.webhooks.deliveries import deliver_due, endpoints_to_call
from invoices.payouts.matching import match_all
from invoices.policy import GatewayPolicy
from invoices.services.callbacks.keeping import prune_callbacks
from invoices.services.callbacks.processing import process_callbacks
from invoices.services.cancelling import finish_cancellations
from invoices.services.enquiries.errands import ERRANDS, Errand, due_accounts, run_errands
from invoices.services.expiry import expire_unanswerable
from invoices.services.fallback import fall_back_refused
from invoices.services.issuing_for_all import issue_for_all
from invoices.services.outdated import compare_all, replace_outdated
from invoices.services.pushing.delivery import push_due
from invoices.services.pushing.due_accounts import groups_to_push
from invoices.services.receipt_emails.run import send_due_receipts
from invoices.services.reminders.run import merchants_to_remind_for, send_due_reminders
from invoices.services.renewals import renew_cancelled
from invoices.webhooks import post_announcement

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
