"""What may be asked of a gateway because of a callback, and which invoice it is about."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from invoices.gateway.errors import CredentialsRefused, GatewayError, Rejected, ReplyInvalid
from invoices.models import GatewayAccount, GatewayCallback, Invoice
from invoices.policy import GatewayPolicy
from invoices.services import accounts
from invoices.services.callbacks.hints import Hint
from invoices.services.gateways import client_for
from invoices.services.pushing.admission import admit_question


class NotNow(Exception):
    """The gateway cannot be asked at the moment, or was and could not be understood."""

    def __init__(self, reason: str, *, was_asked: bool = False) -> None:
        super().__init__(reason)
        self.was_asked = was_asked


def find_invoice(callback: GatewayCallback, hint: Hint, *, policy: GatewayPolicy, now: datetime) -> Invoice | None:
    """
    The invoice a callback is about, looked for among its own merchant's only, whoever sent it.

    :raises NotNow:
    """
    invoices = Invoice.objects.filter(merchant=callback.merchant_id).select_related(
        "bill", "installment", "merchant", "gateway_account"
    )
    reference = hint.reference or _reference_of_transaction(callback, hint.token, policy=policy, now=now)
    return invoices.filter(reference=reference).first() if reference else None


def _reference_of_transaction(callback: GatewayCallback, token: str, *, policy: GatewayPolicy, now: datetime) -> str:
    """A callback that names only a transaction: the gateway says what it was for. Anyone can send such a one."""
    account = GatewayAccount.objects.current().filter(merchant=callback.merchant_id).first()
    if account is None:
        return ""
    admit(account, policy=policy, now=now)
    try:
        found = client_for(account).get_transaction(token)
    except GatewayError as failure:
        if isinstance(failure, Rejected) and not isinstance(failure, CredentialsRefused):
            return ""  # no token the gateway could have given
        if isinstance(failure, ReplyInvalid):
            # Nor does an answer about whatever somebody made up say anything of the account.
            raise NotNow(str(failure), was_asked=True) from failure
        accounts.note_failed_call(account.pk, failure, policy=policy, now=now)
        raise NotNow(str(failure)) from failure
    accounts.note_answers([account.pk], now=now)
    return found.reference if found else ""


@transaction.atomic
def admit(account: GatewayAccount, *, policy: GatewayPolicy, now: datetime) -> None:
    """:raises NotNow: while the account is parked, paused, or its breaker is open"""
    if not admit_question(account_id=account.pk, policy=policy, now=now):
        raise NotNow("the gateway is left alone for a while")
