"""What staff ask for: a test event, and a delivery once more."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.json_shapes import json_instant
from billing.models import WebhookDelivery, WebhookEndpoint
from billing.webhooks.endpoints import WebhookGone

TEST_TYPE: Final = "webhook.test"
_TESTS_APART: Final = timedelta(seconds=10)

Status = WebhookDelivery.Status


class TestSentJustNow(DomainError):
    code = "TEST_SENT_JUST_NOW"
    message = gettext_noop("A test event was sent a moment ago. Look at what became of it, then send another.")


class WebhookNotListening(DomainError):
    code = "WEBHOOK_NOT_LISTENING"
    message = gettext_noop("This webhook is paused or switched off. Resume it first.")


class DeliveryWaits(DomainError):
    code = "DELIVERY_WAITS"
    message = gettext_noop("This is about to be sent already.")


@transaction.atomic
def send_test_event(*, merchant_id: int, endpoint_id: int, now: datetime) -> WebhookDelivery:
    """
    A signed event about nothing, due at once and sent once.

    :raises WebhookGone: :raises WebhookNotListening: :raises TestSentJustNow:
    """
    endpoint = _locked(merchant_id, endpoint_id)
    if endpoint.deliveries.filter(event=None, created_at__gt=now - _TESTS_APART).exists():
        raise TestSentJustNow
    content = {"type": TEST_TYPE, "timestamp": json_instant(now), "data": {}}
    _call_soon(endpoint)
    return WebhookDelivery.objects.create(
        merchant_id=merchant_id,
        endpoint=endpoint,
        type=TEST_TYPE,
        body=json.dumps(content),
        due_at=now,
        created_at=now,
    )


@transaction.atomic
def send_again(*, merchant_id: int, delivery_id: int, now: datetime) -> WebhookDelivery:
    """
    The same content under the same id, due at once, whatever became of it before.

    :raises DeliveryWaits: it is due now anyway
    :raises WebhookGone: :raises WebhookNotListening:
    """
    wanted = WebhookDelivery.objects.get(merchant_id=merchant_id, pk=delivery_id)
    endpoint = _locked(merchant_id, wanted.endpoint_id)
    delivery = WebhookDelivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.status == Status.DUE and delivery.due_at <= now:
        raise DeliveryWaits
    delivery.status, delivery.due_at, delivery.give_up_at, delivery.finished_at = Status.DUE, now, None, None
    delivery.save(update_fields=["status", "due_at", "give_up_at", "finished_at"])
    _call_soon(endpoint)
    return delivery


def _locked(merchant_id: int, endpoint_id: int) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(merchant_id=merchant_id, pk=endpoint_id)
    if endpoint.removed_at is not None:
        raise WebhookGone
    if endpoint.paused_at is not None or endpoint.disabled_at is not None:
        raise WebhookNotListening
    return endpoint


def _call_soon(endpoint: WebhookEndpoint) -> None:
    """A person waits for it: whatever pause there was is over."""
    endpoint.next_call_at = None
    endpoint.save(update_fields=["next_call_at"])
