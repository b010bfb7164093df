"""Signed, at least once, with patience, and nowhere it must not go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from standardwebhooks import WebhookVerificationError
from werkzeug import Response

from billing.clock import database_now
from billing.models import Event, Merchant, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from billing.services import record_event
from billing.webhooks.calls import Answered
from billing.webhooks.deliveries import deliver_due, endpoints_to_call, forget_old_deliveries
from billing.webhooks.endpoints import (
    WebhookGone,
    add_endpoint,
    pause_endpoint,
    remove_endpoint,
    resume_endpoint,
    rotate_secret,
)
from billing.webhooks.outcomes import pause_after
from billing.webhooks.requests import WebhookNotListening, send_again, send_test_event
from invoices.tasks import sweep_webhooks
from tests.factories import make_bill
from tests.invoices.webhooks.receiver import Receiver, deliver, let_pauses_pass

pytestmark = pytest.mark.django_db


def of(receiver: Receiver) -> dict[str, Any]:
    return {"merchant_id": receiver.endpoint.merchant_id, "endpoint_id": receiver.endpoint.pk}


def only() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


# --- signatures


def test_the_signature_is_the_secrets_and_no_other(merchant: Merchant, receiver: Receiver) -> None:
    make_bill(merchant)

    deliver(receiver.endpoint)

    assert receiver.verify(receiver.received[0], receiver.secret)["type"] == "bill.created"
    with pytest.raises(WebhookVerificationError):
        receiver.verify(receiver.received[0], "whsec_" + "A" * 43 + "=")


def test_after_a_rotation_both_secrets_sign_for_a_day(merchant: Merchant, receiver: Receiver) -> None:
    _, new_secret = rotate_secret(**of(receiver), actor="user:1", now=database_now())
    make_bill(merchant)
    deliver(receiver.endpoint)
    WebhookEndpoint.objects.update(previous_secret_until=database_now())
    make_bill(merchant)
    deliver(receiver.endpoint)

    during, after = receiver.received
    for secret in (receiver.secret, new_secret):
        receiver.verify(during, secret)
    receiver.verify(after, new_secret)
    with pytest.raises(WebhookVerificationError):
        receiver.verify(after, receiver.secret)


# --- patience


def test_a_failed_delivery_is_repeated_with_the_same_id_and_body(merchant: Merchant, receiver: Receiver) -> None:
    make_bill(merchant)
    receiver.answers = [Response("no stock", 500)]

    deliver(receiver.endpoint)
    assert (only().status, only().attempts, only().detail) == ("DUE", 1, "HTTP 500 no stock")
    deliver(receiver.endpoint)  # not before its time
    let_pauses_pass()
    deliver(receiver.endpoint)

    assert len(receiver.received) == 2
    assert len({(each.id, each.text) for each in receiver.received}) == 1
    assert (only().status, only().attempts) == ("DELIVERED", 2)
    assert list(WebhookAttempt.objects.order_by("pk").values_list("answer", flat=True)) == [500, 200]


def test_a_failing_webhook_is_left_alone_and_the_rest_waits(merchant: Merchant, receiver: Receiver) -> None:
    for _ in range(3):
        make_bill(merchant)
    receiver.answers = [Response(status=503)]

    deliver(receiver.endpoint)

    assert len(receiver.received) == 1
    assert not endpoints_to_call(now=database_now())
    assert endpoints_to_call(now=database_now() + timedelta(seconds=11))
    let_pauses_pass()
    deliver(receiver.endpoint)
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"DELIVERED"}


def test_pauses_grow_to_six_hours() -> None:
    pauses = [pause_after(attempts).total_seconds() for attempts in (1, 2, 3, 9, 100)]

    for pause, longest in zip(pauses, (10, 40, 160, 21_600, 21_600), strict=True):
        assert 0.75 * longest <= pause <= longest


def test_after_three_days_it_is_given_up_and_can_be_sent_again(merchant: Merchant, receiver: Receiver) -> None:
    make_bill(merchant)
    receiver.answers = [Response(status=500), Response(status=500)]
    deliver(receiver.endpoint)
    WebhookDelivery.objects.update(give_up_at=database_now())
    let_pauses_pass()

    deliver(receiver.endpoint)
    assert only().status == "GIVEN_UP"
    let_pauses_pass()
    assert not endpoints_to_call(now=database_now())

    send_again(merchant_id=merchant.pk, delivery_id=only().pk, now=database_now())
    deliver(receiver.endpoint)
    assert (only().status, len({each.id for each in receiver.received})) == ("DELIVERED", 1)


def test_an_event_that_cannot_be_told_holds_up_nobody_and_is_given_up_too(
    merchant: Merchant, receiver: Receiver
) -> None:
    record_event(
        merchant_id=merchant.pk, subject=Event.Subject.BILL, subject_id=0, name="created", actor="api:x", reason=""
    )
    make_bill(merchant)

    deliver(receiver.endpoint)
    broken = WebhookDelivery.objects.get(event__subject_id=0)
    assert (broken.status, len(receiver.received)) == ("DUE", 1)
    assert broken.give_up_at is not None
    WebhookDelivery.objects.update(give_up_at=database_now())
    let_pauses_pass()
    deliver(receiver.endpoint)

    broken.refresh_from_db()
    assert (broken.status, len(receiver.received)) == ("GIVEN_UP", 1)


def test_after_five_days_of_failures_it_is_switched_off_until_a_person_resumes_it(
    merchant: Merchant, receiver: Receiver
) -> None:
    make_bill(merchant)
    receiver.answers = [Response(status=500), Response(status=500)]
    deliver(receiver.endpoint)
    WebhookEndpoint.objects.update(failing_since=database_now() - timedelta(days=5))
    let_pauses_pass()

    deliver(receiver.endpoint)
    make_bill(merchant)  # nobody is told of it, ever

    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.disabled_at is not None
    assert Event.objects.get(name="webhook_disabled").actor == "system"
    assert WebhookDelivery.objects.count() == 1
    resume_endpoint(**of(receiver), actor="user:1")
    let_pauses_pass()
    deliver(receiver.endpoint)
    assert receiver.types == ["bill.created"] * 3


def test_a_receiver_that_says_gone_is_switched_off_at_once(merchant: Merchant, receiver: Receiver) -> None:
    make_bill(merchant)
    receiver.answers = [Response(status=410)]

    deliver(receiver.endpoint)

    assert WebhookEndpoint.objects.get().disabled_at is not None


def test_a_paused_webhook_is_told_later_and_a_removed_one_never(merchant: Merchant, receiver: Receiver) -> None:
    pause_endpoint(**of(receiver), actor="user:1", now=database_now())
    make_bill(merchant)
    deliver(receiver.endpoint)
    assert receiver.received == []
    with pytest.raises(WebhookNotListening):
        send_test_event(**of(receiver), now=database_now())

    resume_endpoint(**of(receiver), actor="user:1")
    deliver(receiver.endpoint)
    assert receiver.types == ["bill.created"]

    make_bill(merchant)
    remove_endpoint(**of(receiver), actor="user:1", now=database_now())
    make_bill(merchant)
    deliver(receiver.endpoint)
    assert receiver.types == ["bill.created"]
    assert sorted(WebhookDelivery.objects.values_list("status", flat=True)) == ["DELIVERED", "GIVEN_UP"]
    with pytest.raises(WebhookGone):
        resume_endpoint(**of(receiver), actor="user:1")


def test_one_worker_at_a_time_calls_a_webhook(merchant: Merchant, receiver: Receiver) -> None:
    make_bill(merchant)
    nested: list[int] = []

    def post(*_: Any) -> Answered:
        nested.append(deliver(receiver.endpoint))
        return Answered(status=200, body=b"")

    deliver_due(endpoint_id=receiver.endpoint.pk, post=post, deadline=20.0, seconds=60.0)

    assert (nested, receiver.received) == ([0], [])
    assert (only().status, only().attempts) == ("DELIVERED", 1)
    assert WebhookEndpoint.objects.get().busy_until is None


# --- where it goes, and what is kept


def test_a_redirect_is_a_failure_and_is_not_followed(
    merchant: Merchant, receiver: Receiver, httpserver: HTTPServer
) -> None:
    make_bill(merchant)
    receiver.answers = [Response(status=302, headers={"Location": httpserver.url_for("/elsewhere")})]

    deliver(receiver.endpoint)

    assert only().status == "DUE"
    assert [request.path for request, _ in httpserver.log] == ["/hooks"]


def test_a_name_that_leads_to_a_private_address_is_not_called(
    merchant: Merchant, receiver: Receiver, settings: Any
) -> None:
    settings.GATEWAY_ALLOW_PRIVATE = False
    WebhookEndpoint.objects.update(url=receiver.url.replace("http://", "https://"))
    make_bill(merchant)

    deliver(receiver.endpoint)

    assert receiver.received == []
    assert only().detail == "The host name leads to a private address."


def test_of_a_long_answer_only_the_beginning_is_kept(merchant: Merchant, receiver: Receiver) -> None:
    make_bill(merchant)
    receiver.answers = [Response("x" * 100_000, 500)]

    deliver(receiver.endpoint)

    assert (len(only().detail), len(WebhookAttempt.objects.get().detail)) == (500, 500)


def test_what_was_delivered_long_ago_is_forgotten(merchant: Merchant, receiver: Receiver) -> None:
    make_bill(merchant)
    deliver(receiver.endpoint)
    make_bill(merchant)
    month = timedelta(days=30)

    assert forget_old_deliveries(now=database_now(), kept=month) == 0
    assert forget_old_deliveries(now=database_now() + month, kept=month) == 1

    assert only().status == "DUE"
    assert not WebhookAttempt.objects.exists()


# --- secrets


def test_a_secret_no_key_opens_is_its_own_endpoints_failure(
    merchant: Merchant, receiver: Receiver, settings: Any
) -> None:
    keys, settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS, ["a-key-that-is-lost-of-thirty-two"]
    lost, _secret = add_endpoint(
        merchant=merchant, url=f"{receiver.url}/lost", allow_private=True, actor="user:1", now=database_now()
    )
    settings.FIELD_ENCRYPTION_KEYS = keys
    make_bill(merchant)
    forgotten = WebhookDelivery.objects.create(
        merchant=merchant,
        endpoint=receiver.endpoint,
        status="DELIVERED",
        due_at=database_now(),
        created_at=database_now(),
        finished_at=database_now() - timedelta(days=3650),
    )

    sweep_webhooks()
    for endpoint_id in endpoints_to_call(now=database_now()):
        deliver(WebhookEndpoint.objects.get(pk=endpoint_id))

    assert receiver.types == ["bill.created"]
    attempt = WebhookAttempt.objects.get(delivery__endpoint=lost)
    assert (attempt.answer, attempt.finished_at is not None) == (None, True)
    assert "FIELD_ENCRYPTION_KEYS" in attempt.detail
    assert lost.deliveries.get().attempts == 1
    assert not WebhookDelivery.objects.filter(pk=forgotten.pk).exists()
