"""Calls are recorded in batches: each invoice gets its own outcome, and only where it is still the call's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.models import Event, Merchant
from invoices.gateway.client import GatewayInvoice
from invoices.gateway.errors import CredentialsRefused, OutcomeUnknown, Rejected, Throttled, Unavailable
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.services.pushing.calls import Call, Ended
from invoices.services.pushing.leases import release_expired_leases
from invoices.services.pushing.outcomes import record_outcomes
from tests.factories import make_bill
from tests.invoices.acts import cancel
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery


@pytest.fixture
def calls(shop: SandboxedMerchant) -> list[Call]:
    """Four calls of one claim, under way."""
    Merchant.objects.update(falls_back=False)
    for index in range(4):
        make_bill(shop.merchant, customer_phone=f"079000000{index}")
    shop.issue()
    return shop.claim(limit=4)


def created(call: Call) -> Ended:
    number = call.invoice.id
    invoice = GatewayInvoice(
        gateway_id=f"id-{number}",
        token=f"token-{number}",
        url=f"https://gateway.example/{number}",
        reference=call.invoice.reference,
        amount=Decimal("150.500"),
        status=0,
        transaction_token=None,
        raw={"id": number, "name": "سارة"},
    )
    return Ended(call=call, created=invoice)


def record(policy: GatewayPolicy, *ended: Ended) -> None:
    record_outcomes(ended, policy=policy, now=database_now())


def deliveries() -> list[str]:
    return list(Invoice.objects.order_by("pk").values_list("delivery", flat=True))


def outcomes() -> list[str]:
    return list(DeliveryAttempt.objects.order_by("invoice_id").values_list("outcome", flat=True))


def test_each_of_a_batch_keeps_what_the_gateway_calls_it(calls: list[Call], policy: GatewayPolicy) -> None:
    record(policy, *map(created, calls))

    assert deliveries() == [Delivery.SENT] * 4
    assert outcomes() == ["DONE"] * 4
    for invoice in Invoice.objects.all():
        number = invoice.pk
        assert (invoice.gateway_id, invoice.gateway_token) == (f"id-{number}", f"token-{number}")
        assert invoice.gateway_url == f"https://gateway.example/{number}"
        assert invoice.gateway_answer == {"id": number, "name": "سارة"}
        assert (invoice.lease_id, invoice.lease_until, invoice.call_started_at) == ("", None, None)
        assert None not in (invoice.sent_at, invoice.next_poll_at)
        assert invoice.next_cancel_at is None
    events = Event.objects.filter(name="delivery_done")
    assert set(events.values_list("subject_id", flat=True)) == {call.invoice.id for call in calls}


def test_what_was_taken_away_meanwhile_is_left_alone(calls: list[Call], policy: GatewayPolicy) -> None:
    lost = [call.invoice.id for call in calls[:2]]
    Invoice.objects.filter(pk__in=lost).update(lease_until=database_now())
    release_expired_leases(now=database_now())

    record(policy, *map(created, calls))

    assert deliveries() == [Delivery.UNKNOWN, Delivery.UNKNOWN, Delivery.SENT, Delivery.SENT]
    assert outcomes() == ["DONE"] * 4  # the calls were made all the same
    assert not Invoice.objects.filter(pk__in=lost).exclude(gateway_token="").exists()
    assert not Event.objects.filter(name="delivery_done", subject_id__in=lost).exists()


def test_a_newer_claim_is_not_ended_by_an_older_call(calls: list[Call], policy: GatewayPolicy) -> None:
    claimed_again = calls[0].invoice.id
    Invoice.objects.filter(pk=claimed_again).update(lease_id="of another worker")

    record(policy, *map(created, calls))

    assert deliveries() == [Delivery.SENDING, Delivery.SENT, Delivery.SENT, Delivery.SENT]
    assert Invoice.objects.get(pk=claimed_again).lease_id == "of another worker"


def test_recording_a_batch_twice_changes_nothing(calls: list[Call], policy: GatewayPolicy) -> None:
    record(policy, *map(created, calls))
    before = list(Invoice.objects.order_by("pk").values())

    record(policy, *map(created, calls))

    assert list(Invoice.objects.order_by("pk").values()) == before
    assert Event.objects.filter(name="delivery_done").count() == 4


def test_one_that_was_to_be_cancelled_meanwhile_is_cancelled_next(calls: list[Call], policy: GatewayPolicy) -> None:
    taken_back = calls[0].invoice.id
    cancel(Invoice.objects.get(pk=taken_back))

    record(policy, *map(created, calls))

    assert list(Invoice.objects.exclude(next_cancel_at=None).values_list("pk", flat=True)) == [taken_back]
    assert deliveries() == [Delivery.SENT] * 4


def test_a_mixed_batch_gives_each_its_own_outcome(calls: list[Call], policy: GatewayPolicy) -> None:
    sent, refused, not_sent, doubtful = calls

    record(
        policy,
        created(sent),
        Ended(call=refused, failure=Rejected("not this number")),
        Ended(call=not_sent, failure=Unavailable("no route")),
        Ended(call=doubtful, failure=OutcomeUnknown("no answer")),
    )

    assert deliveries() == [Delivery.SENT, Delivery.REJECTED, Delivery.NEW, Delivery.UNKNOWN]
    assert outcomes() == ["DONE", "REFUSED", "NOT_SENT", "UNKNOWN"]
    assert GatewayAccount.objects.get().consecutive_failures == 2


def test_failures_before_an_answer_are_not_in_a_row_with_those_after(calls: list[Call], policy: GatewayPolicy) -> None:
    down = OutcomeUnknown("no answer")
    first, second, answered, last = calls
    GatewayAccount.objects.update(consecutive_failures=4)

    record(
        policy,
        Ended(call=first, failure=down),
        Ended(call=second, failure=down),
        created(answered),
        Ended(call=last, failure=down),
    )

    account = GatewayAccount.objects.get()
    assert (account.consecutive_failures, account.breaker_open_until) == (1, None)


def test_credentials_refused_for_a_batch_are_told_once_and_cost_no_attempt(
    calls: list[Call], policy: GatewayPolicy
) -> None:
    refusal = CredentialsRefused("who are you")

    record(policy, *(Ended(call=call, failure=refusal) for call in calls))

    assert GatewayAccount.objects.get().parked_at is not None
    assert Event.objects.filter(subject=Event.Subject.GATEWAY_ACCOUNT, name="parked").count() == 1
    assert set(Invoice.objects.values_list("delivery", "attempts")) == {(Delivery.NEW, 0)}


def test_a_gateway_that_asks_for_peace_has_neither_failed_nor_answered(
    calls: list[Call], policy: GatewayPolicy
) -> None:
    GatewayAccount.objects.update(consecutive_failures=3)

    record(policy, *(Ended(call=call, failure=Throttled("slowly", retry_after=60)) for call in calls))

    account = GatewayAccount.objects.get()
    assert account.consecutive_failures == 3
    assert account.paused_until is not None
    assert set(Invoice.objects.values_list("delivery", "attempts")) == {(Delivery.NEW, 0)}
