"""Calls to a gateway that a person waits for: made only where its account may be called, and soon over."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from invoices.gateway.client import GatewayClient
from invoices.models import GatewayAccount
from invoices.policy import GatewayPolicy
from invoices.services.gateways import check_keys, client_for
from invoices.services.pushing.admission import admit_question


class AccountIsParked(DomainError):
    code = "ACCOUNT_IS_PARKED"
    message = gettext_noop(
        "The gateway refuses this account, so it is not called. Nothing was sent or recorded: "
        "have the account's credentials put right first."
    )


class GatewayLeftAlone(DomainError):
    code = "GATEWAY_LEFT_ALONE"
    message = gettext_noop(
        "The gateway has not been answering properly, or asked us to wait, so it is left alone for a while. "
        "Nothing was sent: try again in a minute."
    )


def admit_awaited(account: GatewayAccount, *, policy: GatewayPolicy, now: datetime) -> None:
    """
    In the caller's transaction, which holds the account from here: before invoices are locked, as a claim does.

    :raises KeysUnreadable: :raises AccountIsParked: :raises GatewayLeftAlone: it is not to be called now
    """
    check_keys(account)
    if admit_question(account_id=account.pk, policy=policy, now=now):
        return
    is_parked = GatewayAccount.objects.filter(pk=account.pk, parked_at__isnull=False).exists()
    raise AccountIsParked if is_parked else GatewayLeftAlone


def awaited_client(account: GatewayAccount, *, policy: GatewayPolicy) -> GatewayClient:
    """
    All its calls together take no longer than a single one may, so that a page answers before a proxy gives up.

    :raises CredentialsRefused: :raises CipherError: as `client_for`
    """
    return client_for(account).ending_within(policy.deadline.total_seconds())
