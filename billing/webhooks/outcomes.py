"""What a call's outcome means for its delivery and its endpoint."""

from __future__ import annotations

import logging
import random
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from billing.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from billing.webhooks.calls import Outcome
from billing.webhooks.endpoints import disable_endpoint

logger = logging.getLogger(__name__)

Status = WebhookDelivery.Status

REPEATED_FOR: Final = timedelta(days=3)
DISABLED_AFTER: Final = timedelta(days=5)
_FIRST_PAUSE: Final = timedelta(seconds=10)
_LONGEST_PAUSE: Final = timedelta(hours=6)
_ENDPOINTS_LONGEST_PAUSE: Final = timedelta(hours=1)


@transaction.atomic
def record_outcome(delivery: WebhookDelivery, attempt: WebhookAttempt, outcome: Outcome, *, now: datetime) -> None:
    """After the call, in one transaction; a process that dies before it leaves the delivery due."""
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=delivery.endpoint_id)
    attempt.finished_at, attempt.answer, attempt.detail = now, outcome.answer, outcome.detail
    attempt.save(update_fields=["finished_at", "answer", "detail"])
    fresh = WebhookDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    fresh.attempts += 1
    fresh.detail = outcome.detail if outcome.answer is None else f"HTTP {outcome.answer} {outcome.detail}"[:500]
    if outcome.is_delivered:
        _delivered(fresh, endpoint, now)
    else:
        _failed(fresh, endpoint, outcome, now)


def _delivered(delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> None:
    delivery.status, delivery.finished_at = Status.DELIVERED, now
    delivery.save(update_fields=["status", "finished_at", "attempts", "detail"])
    endpoint.failures, endpoint.failing_since, endpoint.next_call_at = 0, None, None
    endpoint.last_delivered_at = now
    endpoint.save(update_fields=["failures", "failing_since", "next_call_at", "last_delivered_at"])


def _failed(delivery: WebhookDelivery, endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> None:
    delivery.give_up_at = delivery.give_up_at or now + REPEATED_FOR
    delivery.due_at = now + pause_after(delivery.attempts)
    if delivery.status == Status.DUE and (delivery.due_at > delivery.give_up_at or delivery.event_id is None):
        # A test that failed has told what it was to tell.
        delivery.status, delivery.finished_at = Status.GIVEN_UP, now
    delivery.save(update_fields=["give_up_at", "due_at", "status", "finished_at", "attempts", "detail"])
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.next_call_at = now + min(_FIRST_PAUSE * 2 ** min(endpoint.failures - 1, 12), _ENDPOINTS_LONGEST_PAUSE)
    endpoint.save(update_fields=["failures", "failing_since", "next_call_at"])
    has_failed_long = now - endpoint.failing_since >= DISABLED_AFTER
    if endpoint.disabled_at is None and endpoint.removed_at is None and (has_failed_long or outcome.is_gone):
        disable_endpoint(endpoint, now=now)
        logger.error("webhook %s of merchant %s is switched off: it fails", endpoint.pk, endpoint.merchant_id)


def pause_after(attempts: int) -> timedelta:
    """Four times as long after each attempt, up to six hours, a quarter of it random."""
    longest: timedelta = min(_FIRST_PAUSE * 4 ** min(attempts - 1, 10), _LONGEST_PAUSE)
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 (no secret)
