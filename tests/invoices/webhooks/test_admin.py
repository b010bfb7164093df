"""The screens of webhooks: a secret is shown once, acts do what they say, and strangers see nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing.models import Event, Merchant, Role, WebhookDelivery, WebhookEndpoint
from tests.factories import make_bill, make_merchant
from tests.invoices.webhooks.receiver import Receiver, deliver
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

LIST = "/admin/billing/webhookendpoint/"
DELIVERIES = "/admin/billing/webhookdelivery/"


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant))


def act(client: Client, receiver: Receiver, name: str) -> Any:
    return client.post(f"{LIST}{receiver.endpoint.pk}/do/{name}/", follow=True)


def test_a_webhook_is_added_and_its_secret_is_shown_once(merchant: Merchant, owner: Client) -> None:
    form = {"merchant": merchant.pk, "url": "https://shop.example/hooks"}

    page = owner.post(f"{LIST}add/", form)

    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.secret in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert Event.objects.get(name="webhook_added").actor.startswith("user:")
    later = [owner.get(f"{LIST}{path}").content.decode() for path in ("", f"{endpoint.pk}/change/")]
    later += [str(list(Event.objects.values()))]
    assert not any(endpoint.secret in text for text in later)


def test_an_address_that_will_not_do_is_refused_on_the_form(merchant: Merchant, owner: Client, settings: Any) -> None:
    settings.GATEWAY_ALLOW_PRIVATE = False

    page = owner.post(f"{LIST}add/", {"merchant": merchant.pk, "url": "https://10.0.0.1/hooks"})

    assert "public internet" in page.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_the_same_address_twice_is_refused_on_the_form(merchant: Merchant, owner: Client, receiver: Receiver) -> None:
    page = owner.post(f"{LIST}add/", {"merchant": merchant.pk, "url": receiver.url})

    assert "told already" in page.content.decode()
    assert WebhookEndpoint.objects.count() == 1


def test_a_new_secret_is_on_its_page_and_in_no_message(owner: Client, receiver: Receiver) -> None:
    page = owner.post(f"{LIST}{receiver.endpoint.pk}/do/renew-secret/")

    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.secret != receiver.secret
    assert endpoint.secret in page.content.decode()
    assert endpoint.previous_secret == receiver.secret
    assert all(endpoint.secret not in str(cookie) for cookie in owner.cookies.values())


def test_a_test_event_is_sent_and_its_answer_is_on_the_page(owner: Client, receiver: Receiver) -> None:
    assert told(act(owner, receiver, "send-test"))[0].startswith("The test event is on its way")
    assert told(act(owner, receiver, "send-test"))[0].startswith("A test event was sent a moment ago")

    deliver(receiver.endpoint)

    assert receiver.types == ["webhook.test"]
    receiver.verify(receiver.received[0], receiver.secret)
    page = owner.get(f"{LIST}{receiver.endpoint.pk}/change/").content.decode()
    assert "HTTP 200 thanks" in page
    details = owner.get(f"{DELIVERIES}{WebhookDelivery.objects.get().pk}/change/").content.decode()
    assert "webhook.test" in details


def test_pausing_resuming_and_removing(merchant: Merchant, owner: Client, receiver: Receiver) -> None:
    act(owner, receiver, "pause")
    make_bill(merchant)
    deliver(receiver.endpoint)
    assert receiver.received == []

    act(owner, receiver, "resume")
    deliver(receiver.endpoint)
    assert receiver.types == ["bill.created"]

    act(owner, receiver, "remove")
    assert WebhookEndpoint.objects.get().secret == ""
    assert told(act(owner, receiver, "pause"))[0].startswith("This webhook was removed")
    assert owner.post(f"{LIST}{receiver.endpoint.pk}/do/renew-secret/", follow=True).status_code == 200
    assert WebhookEndpoint.objects.get().secret == ""


def test_deliveries_are_sent_again_under_their_id(merchant: Merchant, owner: Client, receiver: Receiver) -> None:
    make_bill(merchant)
    deliver(receiver.endpoint)
    form = {"action": "send-again", "_selected_action": [WebhookDelivery.objects.get().pk], "confirmed": "1"}

    owner.post(DELIVERIES, form)
    deliver(receiver.endpoint)

    assert len(receiver.received) == 2
    assert len({each.id for each in receiver.received}) == 1


def test_a_switched_off_webhook_says_so(merchant: Merchant, owner: Client, receiver: Receiver) -> None:
    WebhookEndpoint.objects.update(disabled_at=merchant.created_at)

    assert "Switched off: your system has failed" in owner.get(f"{LIST}{receiver.endpoint.pk}/change/").content.decode()


def test_clerks_and_strangers_have_no_webhooks(merchant: Merchant, receiver: Receiver) -> None:
    make_bill(merchant)
    clerk = signed_in(make_staff(merchant, Role.CLERK, username="clerk"))
    stranger = signed_in(make_staff(make_merchant("elsewhere"), username="stranger"))
    delivery = WebhookDelivery.objects.get()

    assert (clerk.get(LIST).status_code, clerk.get(DELIVERIES).status_code) == (403, 403)
    assert receiver.url not in stranger.get(LIST).content.decode()
    for address in (f"{LIST}{receiver.endpoint.pk}/change/", f"{DELIVERIES}{delivery.pk}/change/"):
        assert stranger.get(address).status_code == 404
    assert act(stranger, receiver, "remove").status_code == 404
    assert WebhookEndpoint.objects.get().removed_at is None
