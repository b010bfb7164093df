"""From a stored account to a client that speaks for it."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.fields import UnreadableSecret, unreadable_secrets
from invoices.gateway.client import GatewayClient
from invoices.gateway.credentials import GatewayCredentials
from invoices.gateway.errors import CredentialsRefused
from invoices.gateway.orders import WireSwitches
from invoices.gateway.transport import HttpTransport
from invoices.models import GatewayAccount


@lru_cache(maxsize=2)
def transport(allow_private: bool) -> HttpTransport:
    """The process's own, kept for its connections."""
    return HttpTransport(allow_private=allow_private)


@lru_cache(maxsize=512)
def _client(credentials: GatewayCredentials, switches: WireSwitches, deadline: float) -> GatewayClient:
    # Kept for its connections and its bearer token; a changed account is another key of this cache.
    return GatewayClient(
        credentials=credentials,
        switches=switches,
        transport=transport(settings.GATEWAY_ALLOW_PRIVATE),
        deadline=deadline,
    )


class KeysUnreadable(DomainError):
    code = "KEYS_UNREADABLE"
    message = gettext_noop("The gateway account's keys cannot be read. Enter them again.")


def check_keys(account: GatewayAccount) -> None:
    """
    Before a call that a person waits for; workers learn it from the call and park the account.

    :raises KeysUnreadable:
    """
    if unreadable_secrets(account):
        raise KeysUnreadable


def credentials_of(account: GatewayAccount) -> GatewayCredentials:
    """:raises CredentialsRefused: if the account's values cannot be read, or could not be put into a request"""
    try:
        return GatewayCredentials(
            base_url=account.base_url,
            payment_base_url=account.payment_base_url,
            merchant_code=account.merchant_code,
            access_code=account.access_code,
            secret_key=account.secret_key,
            iv_key=account.iv_key,
            login_username=account.login_username or None,
            login_password=account.login_password or None,
        )
    except UnreadableSecret as unreadable:
        raise CredentialsRefused(str(unreadable), summary=str(unreadable)) from unreadable


def client_for(account: GatewayAccount) -> GatewayClient:
    """
    :raises CredentialsRefused: if the account's values cannot be read, or could not be put into a request
    :raises CipherError: if its keys are malformed
    """
    switches = WireSwitches(
        pay_types_as_array=account.pay_types_as_array,
        country_code_with_plus=account.country_code_with_plus,
        sends_webhook_url=account.sends_webhook_url,
    )
    return _client(credentials_of(account), switches, settings.GATEWAY_DEADLINE)
