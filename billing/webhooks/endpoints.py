"""The addresses of a merchant's systems: added, given a new secret, paused, resumed, removed."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.fields import unreadable_secrets
from billing.hosts import is_private_host
from billing.models import Event, Merchant, WebhookDelivery, WebhookEndpoint
from billing.services.events import record_event

MOST_ENDPOINTS: Final = 5
BOTH_SECRETS_FOR: Final = timedelta(hours=24)
_LONGEST: Final = 500


class WebhookAddressRefused(DomainError):
    code = "WEBHOOK_ADDRESS_REFUSED"
    message = gettext_noop(
        "Enter an https address on the public internet, such as https://shop.example/webhooks, without a user name, "
        "a password or a # in it."
    )


class WebhookAddressTaken(DomainError):
    code = "WEBHOOK_ADDRESS_TAKEN"
    message = gettext_noop("This address is told already. Remove it first to begin anew.")


class TooManyWebhooks(DomainError):
    code = "TOO_MANY_WEBHOOKS"
    message = gettext_noop("A merchant has at most five webhooks. Remove one that is not needed any more.")


class WebhookGone(DomainError):
    code = "WEBHOOK_GONE"
    message = gettext_noop("This webhook was removed. Add its address again to have it told.")


@transaction.atomic
def add_endpoint(
    *, merchant: Merchant, url: str, allow_private: bool, actor: str, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """
    The endpoint, which is told of everything from now on, and its secret, which is shown once.

    :param allow_private: whether plain http and addresses of this machine or network will do, as in development
    :raises WebhookAddressRefused: :raises WebhookAddressTaken: :raises TooManyWebhooks:
    """
    check_address(url, allow_private=allow_private)
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    present = list(merchant.webhook_endpoints.filter(removed_at=None).values_list("url", flat=True))
    if url in present:
        raise WebhookAddressTaken
    if len(present) >= MOST_ENDPOINTS:
        raise TooManyWebhooks
    secret = _new_secret()
    endpoint = WebhookEndpoint.objects.create(merchant=merchant, url=url, secret=secret, created_at=now)
    _record(endpoint, "webhook_added", actor)
    return endpoint, secret


@transaction.atomic
def rotate_secret(*, merchant_id: int, endpoint_id: int, actor: str, now: datetime) -> tuple[WebhookEndpoint, str]:
    """
    A new secret, shown once. For a day the old one signs too, so that the receiver can change over in peace.

    An old one that no key opens any more is forgotten.

    :raises WebhookGone:
    """
    endpoint = _locked(merchant_id, endpoint_id)
    endpoint.previous_secret, endpoint.previous_secret_until = "", None
    if "secret" not in unreadable_secrets(endpoint):
        endpoint.previous_secret, endpoint.previous_secret_until = endpoint.secret, now + BOTH_SECRETS_FOR
    endpoint.secret = _new_secret()
    endpoint.save(update_fields=["secret", "previous_secret", "previous_secret_until"])
    _record(endpoint, "webhook_secret_renewed", actor)
    return endpoint, endpoint.secret


@transaction.atomic
def pause_endpoint(*, merchant_id: int, endpoint_id: int, actor: str, now: datetime) -> None:
    """Tell it nothing for now; what happens meanwhile waits. Pausing twice changes nothing. :raises WebhookGone:"""
    endpoint = _locked(merchant_id, endpoint_id)
    if endpoint.paused_at is None:
        endpoint.paused_at = now
        endpoint.save(update_fields=["paused_at"])
        _record(endpoint, "webhook_paused", actor)


@transaction.atomic
def resume_endpoint(*, merchant_id: int, endpoint_id: int, actor: str) -> None:
    """
    Tell it again, beginning with what waited, also one that was switched off because it failed for days.

    :raises WebhookGone:
    """
    endpoint = _locked(merchant_id, endpoint_id)
    if endpoint.paused_at is None and endpoint.disabled_at is None:
        return
    endpoint.paused_at = endpoint.disabled_at = endpoint.failing_since = endpoint.next_call_at = None
    endpoint.failures = 0
    endpoint.save(update_fields=["paused_at", "disabled_at", "failing_since", "next_call_at", "failures"])
    _record(endpoint, "webhook_resumed", actor)


@transaction.atomic
def remove_endpoint(*, merchant_id: int, endpoint_id: int, actor: str, now: datetime) -> None:
    """Tell it nothing any more; what waited for it is given up. :raises WebhookGone:"""
    endpoint = _locked(merchant_id, endpoint_id)
    endpoint.removed_at = now
    endpoint.secret = endpoint.previous_secret = ""
    endpoint.save(update_fields=["removed_at", "secret", "previous_secret"])
    waiting = endpoint.deliveries.filter(status=WebhookDelivery.Status.DUE)
    waiting.update(status=WebhookDelivery.Status.GIVEN_UP, finished_at=now)
    _record(endpoint, "webhook_removed", actor)


def disable_endpoint(endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """Switch a locked endpoint off, because it has failed for too long; only a person resumes it."""
    endpoint.disabled_at = now
    endpoint.save(update_fields=["disabled_at"])
    _record(endpoint, "webhook_disabled", "system")


def check_address(url: str, *, allow_private: bool) -> None:
    """:raises WebhookAddressRefused:"""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise WebhookAddressRefused from None
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST
    if not is_plain or not host or "@" in parts.netloc or "#" in url or parts.scheme not in ("https", "http"):
        raise WebhookAddressRefused
    if not allow_private and (parts.scheme != "https" or is_private_host(host)):
        raise WebhookAddressRefused


def _new_secret() -> str:
    """As Standard Webhooks writes secrets."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _locked(merchant_id: int, endpoint_id: int) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(merchant_id=merchant_id, pk=endpoint_id)
    if endpoint.removed_at is not None:
        raise WebhookGone
    return endpoint


def _record(endpoint: WebhookEndpoint, name: str, actor: str) -> None:
    record_event(
        merchant_id=endpoint.merchant_id,
        subject=Event.Subject.WEBHOOK,
        subject_id=endpoint.pk,
        name=name,
        actor=actor,
    )
