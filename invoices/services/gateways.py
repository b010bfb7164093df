"""From a stored account to a client that speaks for it."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from invoices.gateway.client import GatewayClient
from invoices.gateway.credentials import GatewayCredentials
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


def credentials_of(account: GatewayAccount) -> GatewayCredentials:
    """:raises CredentialsRefused: if the account's values could not be put into a request"""
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


def client_for(account: GatewayAccount) -> GatewayClient:
    """
    :raises CredentialsRefused: if the account's values could not be put into a request
    :raises CipherError: if its keys are malformed
    """
    switches = WireSwitches(
        pay_types_as_array=account.pay_types_as_array,
        country_code_with_plus=account.country_code_with_plus,
        sends_webhook_url=account.sends_webhook_url,
    )
    return _client(credentials_of(account), switches, settings.GATEWAY_DEADLINE)
