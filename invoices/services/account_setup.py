"""Connecting a merchant to its gateway account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction

from billing.errors import DomainError
from billing.hosts import is_private_host
from billing.models import Event, Merchant
from billing.services import record_event
from invoices.gateway.errors import GatewayError
from invoices.models import GatewayAccount
from invoices.services.gateways import credentials_of
from invoices.services.issuing import attach_account

REQUIRED: Final = ("baseUrl", "merchantCode", "accessCode", "secretKey", "ivKey", "currency")
FIELD_OF: Final = {
    "baseUrl": "base_url",
    "paymentBaseUrl": "payment_base_url",
    "merchantCode": "merchant_code",
    "accessCode": "access_code",
    "secretKey": "secret_key",
    "ivKey": "iv_key",
    "currency": "currency",
    "loginUsername": "login_username",
    "loginPassword": "login_password",
    "linkHosts": "link_hosts",
    "payTypes": "pay_types",
    "payTypesAsArray": "pay_types_as_array",
    "countryCodeWithPlus": "country_code_with_plus",
    "sendsWebhookUrl": "sends_webhook_url",
    "putsPageInDescription": "puts_page_in_description",
    "canEnquire": "can_enquire",
    "concurrencyLimit": "concurrency_limit",
}


class GatewayAccountInvalid(DomainError):
    code = "GATEWAY_ACCOUNT_INVALID"
    message = "This gateway account cannot be used."


def read_account(details: Mapping[str, Any], *, merchant: Merchant) -> GatewayAccount:
    """
    An unsaved account from its description, `{"baseUrl", "merchantCode", "accessCode", "secretKey", "ivKey",
    "currency"}` and optional switches; `paymentBaseUrl` defaults to `baseUrl`.

    :raises GatewayAccountInvalid: naming what is missing or unknown
    """
    missing = [name for name in REQUIRED if not details.get(name)]
    unknown = sorted(set(details) - set(FIELD_OF))
    if missing or unknown:
        raise GatewayAccountInvalid(
            f"Missing: {', '.join(missing) or 'nothing'}. Unknown: {', '.join(unknown) or 'nothing'}."
        )
    values = {"paymentBaseUrl": details["baseUrl"], **details}
    return GatewayAccount(merchant=merchant, **{FIELD_OF[name]: value for name, value in values.items()})


@transaction.atomic
def open_account(*, account: GatewayAccount, allow_private: bool, actor: str, now: datetime) -> GatewayAccount:
    """
    Store an account as the merchant's present one; a previous one is closed and keeps its invoices.

    :param allow_private: whether plain http and loopback addresses will do, as in development
    :raises GatewayAccountInvalid: nothing is stored
    """
    account.created_at = now
    check_account(account, allow_private=allow_private)
    Merchant.objects.select_for_update(no_key=True).get(pk=account.merchant_id)
    account.merchant.gateway_accounts.current().update(replaced_at=now)
    account.save(force_insert=True)
    record_event(
        merchant_id=account.merchant_id,
        subject=Event.Subject.GATEWAY_ACCOUNT,
        subject_id=account.pk,
        name="opened",
        actor=actor,
    )
    attach_account(merchant=account.merchant)
    return account


def check_account(account: GatewayAccount, *, allow_private: bool) -> None:
    """:raises GatewayAccountInvalid: for addresses, keys or a currency that cannot work"""
    for address in (account.base_url, account.payment_base_url):
        _check_address(address, allow_private)
    try:
        credentials_of(account).cipher()
        account.full_clean(exclude=["merchant"])
    except GatewayError as problem:
        raise GatewayAccountInvalid(str(problem)) from problem
    except ValidationError as problems:
        raise GatewayAccountInvalid(" ".join(problems.messages)) from problems


def _check_address(address: str, allow_private: bool) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise GatewayAccountInvalid(f"{address} is not an address such as https://gateway.example.")
    if allow_private:
        return
    if parts.scheme != "https" or is_private_host(parts.hostname):
        raise GatewayAccountInvalid(
            f"{address} is not a public https address. For a gateway on this machine set GATEWAY_ALLOW_PRIVATE."
        )
