"""What a failed call means for its account: the same, whoever made it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.clock import database_now
from invoices.gateway.errors import (
    CipherError,
    CredentialsRefused,
    EnquiryRefused,
    GatewayError,
    OrderInvalid,
    OutcomeUnknown,
    Rejected,
    ReplyInvalid,
    Throttled,
    Unanswered,
    Unavailable,
)
from invoices.models import GatewayAccount
from invoices.policy import GatewayPolicy
from invoices.services.accounts import note_failed_call
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import end
from tests.invoices.admin.rows import make_account
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db

PARKED, COUNTED, NOTHING = ("parked",), ("counted",), ()


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (CredentialsRefused("no"), PARKED),
        (CipherError("malformed keys"), PARKED),
        (Rejected("no such phone"), NOTHING),
        (OrderInvalid("amount", "too small"), NOTHING),
        (Unavailable("HTTP 503"), COUNTED),
        (Unanswered("no answer"), COUNTED),
        (EnquiryRefused("no", blames_the_account=True), COUNTED),
        (OutcomeUnknown("HTTP 500"), COUNTED),
        (ReplyInvalid("garbage"), COUNTED),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_failure_has_one_meaning(failure: GatewayError, meaning: tuple[str, ...], policy: GatewayPolicy) -> None:
    account = make_account(make_merchant(), "mine")

    note_failed_call(account.pk, failure, policy=policy, now=database_now())

    account.refresh_from_db()
    found = ("parked",) * (account.parked_at is not None) + ("counted",) * account.consecutive_failures
    assert (found, account.paused_until) == (meaning, None)


def test_one_that_asks_us_to_wait_is_left_alone_as_long_as_it_says(policy: GatewayPolicy) -> None:
    account, now = make_account(make_merchant(), "mine"), database_now()

    later = note_failed_call(account.pk, Throttled("slow down", retry_after=500), policy=policy, now=now)

    account.refresh_from_db()
    assert later == account.paused_until == now + timedelta(seconds=500)
    assert account.consecutive_failures == 0


@pytest.mark.django_db(transaction=True)
def test_what_was_never_sent_and_an_error_of_our_own_say_nothing_of_the_gateway(shop: SandboxedMerchant) -> None:
    for _ in range(2):
        make_bill(shop.merchant)
    shop.issue()
    GatewayAccount.objects.update(consecutive_failures=4)
    against_the_rules, broken = shop.claim()

    end(against_the_rules, OrderInvalid("amount", "too small"))
    end(broken, ZeroDivisionError())

    account = GatewayAccount.objects.get()
    assert (account.consecutive_failures, account.breaker_open_until) == (4, None)
