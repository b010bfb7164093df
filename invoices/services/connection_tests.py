"""Trying a gateway account out with a call that changes nothing, because a person wants to know whether it works."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event
from billing.services import record_event
from invoices.gateway.errors import (
    CredentialsRefused,
    EnquiryRefused,
    GatewayError,
    Redirected,
    Unanswered,
    Unavailable,
)
from invoices.models import GatewayAccount
from invoices.services.gateways import check_keys, client_for

TESTED_AT_MOST_EVERY: Final = timedelta(seconds=30)


class TestedJustNow(DomainError):
    code = "TESTED_JUST_NOW"
    message = gettext_noop("The connection was tested less than half a minute ago. Wait a little, then test again.")


class CannotTest(DomainError):
    code = "CANNOT_TEST"
    message = gettext_noop(
        "This account is closed, or its gateway cannot be asked about invoices, so there is no harmless way to test it."
    )


class ConnectionTestFailed(DomainError):
    """One of the ways in which a test ends badly; `event` is how the timeline calls it."""

    event: str


class RefusedConnection(ConnectionTestFailed):
    code = "CREDENTIALS_REFUSED"
    event = "connection_refused"
    message = gettext_noop(
        "The gateway answers, but refuses this account. Compare the merchant code, the access code and, where there is "
        "one, the panel login with what the gateway gave you, and enter again what differs."
    )


class UnreachableGateway(ConnectionTestFailed):
    code = "GATEWAY_UNREACHABLE"
    event = "connection_unreachable"
    message = gettext_noop(
        "No answer came from the gateway. Compare its address, letter by letter. If that is right, the gateway or the "
        "way there is down: nothing is lost, and what waits is sent by itself once it answers."
    )


class UnreadableAnswer(ConnectionTestFailed):
    code = "ANSWER_UNREADABLE"
    event = "connection_unreadable"
    message = gettext_noop(
        "Something answers at this address, but we do not understand each other. Check that it is the address of the "
        "merchant API, then enter the secret key and the IV key again."
    )


class GatewayInTrouble(ConnectionTestFailed):
    code = "GATEWAY_IN_TROUBLE"
    event = "connection_in_trouble"
    message = gettext_noop(
        "The gateway is there, but cannot answer now, so the credentials are not tested yet. Test again in a few "
        "minutes; if it stays like this, call the gateway's support."
    )


def check_connection(*, merchant_id: int, account_id: int, actor: str, now: datetime) -> None:
    """
    Ask the gateway about a reference that nobody has; returns where it accepts the account and can be understood.

    It takes at most the deadline of one call, also for an account that is parked: that is when people want to know.

    :raises CannotTest: :raises KeysUnreadable: :raises TestedJustNow:
    :raises ConnectionTestFailed: with what to do about it
    """
    account = _begin(merchant_id=merchant_id, account_id=account_id, actor=actor, now=now)
    try:
        # No number of ours looks like this.
        client_for(account).find_invoices(f"CONNECTION-TEST-{secrets.token_hex(8)}")
    except GatewayError as failure:
        problem = meaning_of(failure)
        record_test(account, problem.event, actor=actor)
        raise problem from failure
    record_test(account, "connection_accepted", actor=actor)


@transaction.atomic
def _begin(*, merchant_id: int, account_id: int, actor: str, now: datetime) -> GatewayAccount:
    """Written down before the call, so that impatient clicks find it."""
    account = GatewayAccount.objects.select_for_update(no_key=True).get(merchant_id=merchant_id, pk=account_id)
    if account.replaced_at is not None or not account.can_enquire:
        raise CannotTest
    check_keys(account)
    write_down_test(account, actor=actor, now=now)
    return account


def write_down_test(account: GatewayAccount, *, actor: str, now: datetime) -> None:
    """
    In the transaction that has locked the account.

    :raises TestedJustNow: somebody is impatient
    """
    tests = Event.objects.filter(
        merchant_id=account.merchant_id, subject=Event.Subject.GATEWAY_ACCOUNT, subject_id=account.pk
    )
    if tests.filter(name="connection_tested", occurred_at__gt=now - TESTED_AT_MOST_EVERY).exists():
        raise TestedJustNow
    record_test(account, "connection_tested", actor=actor)


def meaning_of(failure: GatewayError) -> ConnectionTestFailed:
    """What a person does about it."""
    if isinstance(failure, CredentialsRefused):
        return RefusedConnection()
    if isinstance(failure, EnquiryRefused):
        return RefusedConnection() if failure.blames_the_account else UnreadableAnswer()
    if isinstance(failure, Unanswered):
        return UnreachableGateway()
    is_a_matter_of_time = isinstance(failure, Unavailable) and not isinstance(failure, Redirected)
    return GatewayInTrouble() if is_a_matter_of_time else UnreadableAnswer()


def record_test(account: GatewayAccount, name: str, *, actor: str) -> None:
    record_event(
        merchant_id=account.merchant_id,
        subject=Event.Subject.GATEWAY_ACCOUNT,
        subject_id=account.pk,
        name=name,
        actor=actor,
    )
