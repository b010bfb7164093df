"""
What waits for an endpoint, sent one after the other by the one worker that has its lease.

A worker that dies leaves the row due and its lease to run out: it is sent again, with the same id. Nothing is lost,
and something may arrive twice.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.clock import database_now
from billing.models import Event, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from billing.webhooks.announcements import announce, write_body
from billing.webhooks.calls import Post, call_endpoint
from billing.webhooks.outcomes import REPEATED_FOR, record_outcome

logger = logging.getLogger(__name__)

_MARGIN: Final = timedelta(seconds=30)
_BROKEN_WAITS: Final = timedelta(hours=1)
_FORGOTTEN_TOGETHER: Final = 1000


def endpoints_to_call(*, now: datetime) -> list[int]:
    """Those with something due that nobody is calling."""
    due = WebhookDelivery.objects.filter(endpoint=OuterRef("pk"), status=WebhookDelivery.Status.DUE, due_at__lte=now)
    return list(_listening(now).filter(Exists(due)).order_by("pk").values_list("pk", flat=True))


def deliver_due(*, endpoint_id: int, post: Post, deadline: float, seconds: float) -> tuple[int, bool]:
    """
    Send what is due to one endpoint for about so many seconds; how many were taken up, and whether that is all for now.

    After a failed call it is left alone for a while: whatever else is due would fail as slowly.

    :param deadline: seconds one call may take in all
    """
    until, taken, lease = time.monotonic() + seconds, 0, _take_lease(endpoint_id, None, deadline)
    try:
        while lease is not None and (delivery := _next_due(endpoint_id)):
            taken += 1
            if not _send(delivery, post=post, deadline=deadline):
                return taken, True
            if time.monotonic() >= until:
                return taken, False
            lease = _take_lease(endpoint_id, lease, deadline)
        return taken, True
    finally:
        if lease is not None:
            WebhookEndpoint.objects.filter(pk=endpoint_id, busy_until=lease).update(busy_until=None)


def forget_old_deliveries(*, now: datetime, kept: timedelta) -> int:
    """Delete what was finished long ago, some rows at a time; how many."""
    old = WebhookDelivery.objects.filter(finished_at__lt=now - kept).order_by("finished_at")
    ids = list(old.values_list("pk", flat=True)[:_FORGOTTEN_TOGETHER])
    WebhookAttempt.objects.filter(delivery__in=ids).delete()
    return WebhookDelivery.objects.filter(pk__in=ids).delete()[0]


def _listening(now: datetime) -> QuerySet[WebhookEndpoint]:
    are_on = WebhookEndpoint.objects.filter(removed_at=None, disabled_at=None, paused_at=None)
    may_be_called = are_on.filter(Q(next_call_at=None) | Q(next_call_at__lte=now))
    return may_be_called.filter(Q(busy_until=None) | Q(busy_until__lte=now))


def _take_lease(endpoint_id: int, held: datetime | None, deadline: float) -> datetime | None:
    """Take or renew it; None where it is somebody else's, or the endpoint is not to be called any more."""
    now = database_now()
    until = now + timedelta(seconds=deadline) + _MARGIN
    mine = WebhookEndpoint.objects.filter(removed_at=None, disabled_at=None, paused_at=None, busy_until=held)
    free = mine if held is not None else _listening(now)
    return until if free.filter(pk=endpoint_id).update(busy_until=until) else None


def _next_due(endpoint_id: int) -> WebhookDelivery | None:
    due = WebhookDelivery.objects.filter(
        endpoint_id=endpoint_id, status=WebhookDelivery.Status.DUE, due_at__lte=database_now()
    )
    return due.select_related("event", "endpoint").order_by("due_at", "id").first()


def _send(delivery: WebhookDelivery, *, post: Post, deadline: float) -> bool:
    """Whether the endpoint may be called again at once."""
    if not delivery.body and not _prepare(delivery):
        return True
    now = database_now()
    attempt = WebhookAttempt.objects.create(merchant_id=delivery.merchant_id, delivery=delivery, started_at=now)
    outcome = call_endpoint(delivery.endpoint, delivery, post=post, seconds=deadline, now=now)
    record_outcome(delivery, attempt, outcome, now=database_now())
    return outcome.is_delivered


def _put_off_broken(delivery: WebhookDelivery, *, now: datetime) -> None:
    """As long as a call that fails would be repeated, then it is given up as that is."""
    delivery.give_up_at, delivery.due_at = delivery.give_up_at or now + REPEATED_FOR, now + _BROKEN_WAITS
    if delivery.due_at > delivery.give_up_at:
        delivery.status, delivery.finished_at = WebhookDelivery.Status.GIVEN_UP, now
    delivery.save(update_fields=["give_up_at", "due_at", "status", "finished_at"])


def _prepare(delivery: WebhookDelivery) -> bool:
    """Write down what will be sent, now and whenever it is repeated; whether there is anything to say."""
    rows = WebhookDelivery.objects.filter(pk=delivery.pk)
    event = delivery.event
    assert isinstance(event, Event)
    try:
        announcement = announce(event)
    except Exception:  # one event that cannot be told must not hold up the others
        logger.exception("webhook delivery %s could not be made", delivery.pk)
        _put_off_broken(delivery, now=database_now())
        return False
    if announcement is None:
        rows.delete()
        return False
    delivery.type, delivery.body = announcement.type, write_body(announcement, event)
    rows.update(type=delivery.type, body=delivery.body)
    return True
