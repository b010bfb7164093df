"""A click that needs the gateway: refused at once while it is left alone, and over in the time of one call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.clock import database_now
from billing.errors import DomainError
from billing.jobs.running import run_jobs
from billing.models import Bill, JobRow, Merchant, Role
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind, SandboxCall
from invoices.services.awaited_calls import AccountIsParked, GatewayLeftAlone
from invoices.services.enquiries.asking import ask_now
from invoices.services.resending import ResendUnknown
from invoices.services.settling import LinkStillLive
from tests.invoices.acts import resend, take
from tests.invoices.sandbox_account import SandboxedMerchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def ask(invoice: Invoice) -> None:
    policy = GatewayPolicy.from_settings()
    ask_now(merchant_id=invoice.merchant_id, invoice_id=invoice.pk, policy=policy, now=database_now())


@pytest.mark.parametrize(
    ("stop", "refusal"),
    [("breaker_open_until", GatewayLeftAlone), ("paused_until", GatewayLeftAlone), ("parked_at", AccountIsParked)],
)
def test_nobody_waits_for_a_gateway_that_is_left_alone(
    shop: SandboxedMerchant, sent: Invoice, stop: str, refusal: type[DomainError]
) -> None:
    GatewayAccount.objects.update(**{stop: database_now() + timedelta(hours=1)})
    before = SandboxCall.objects.count()

    with pytest.raises(LinkStillLive if refusal is GatewayLeftAlone else AccountIsParked):
        take(Bill.objects.get(), "100")
    with pytest.raises(refusal):
        resend(sent)
    with pytest.raises(refusal):
        ask(sent)

    assert SandboxCall.objects.count() == before
    assert not Payment.objects.exists()
    assert not DeliveryAttempt.objects.filter(action=DeliveryAttempt.Action.RESEND).exists()
    sent.refresh_from_db()
    assert sent.last_asked_at is None

    GatewayAccount.objects.update(**{stop: None})
    take(Bill.objects.get(), "100")
    assert Bill.objects.get().status == Bill.Status.PAID


def test_a_click_that_succeeds_closes_the_breaker(shop: SandboxedMerchant, sent: Invoice) -> None:
    GatewayAccount.objects.update(breaker_open_until=database_now(), consecutive_failures=5)

    resend(sent)

    account = GatewayAccount.objects.get()
    assert (account.breaker_open_until, account.consecutive_failures) == (None, 0)


def test_a_gateway_that_is_silent_once_is_not_asked_again_while_a_cashier_waits(
    shop: SandboxedMerchant, sent: Invoice, settings: object
) -> None:
    settings.GATEWAY_DEADLINE = 0.5  # type: ignore[attr-defined]
    shop.fault(FaultKind.ACCEPTED_SILENT, applies_to="CANCEL")
    before = SandboxCall.objects.count()

    with pytest.raises(LinkStillLive):
        take(Bill.objects.get(), "100")

    assert SandboxCall.objects.count() <= before + 1
    assert GatewayAccount.objects.get().consecutive_failures == 1
    assert not Payment.objects.exists()
    sent.refresh_from_db()
    assert sent.next_cancel_at is not None


def test_messages_of_unknown_outcome_count_against_the_gateway_too(shop: SandboxedMerchant, sent: Invoice) -> None:
    shop.fault(FaultKind.DROPPED, applies_to="ALL")
    for _ in range(GatewayPolicy.from_settings().breaker_failures):
        with pytest.raises(ResendUnknown, match="may have had the message"):
            resend(sent)
        DeliveryAttempt.objects.update(started_at=database_now() - timedelta(minutes=3))
    before = SandboxCall.objects.count()

    with pytest.raises(GatewayLeftAlone):
        resend(sent)

    assert SandboxCall.objects.count() == before


def test_ticked_invoices_are_sent_again_by_a_job_that_says_of_which_nobody_knows(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    Merchant.objects.update(language="en")
    clerk = signed_in(make_staff(shop.merchant, Role.CLERK))
    shop.fault(FaultKind.DROPPED, applies_to="ALL", count=1)
    before = SandboxCall.objects.count()

    clerk.post("/admin/invoices/invoice/", {"action": "resend-all", "_selected_action": [sent.pk], "confirmed": "1"})
    called_while_waiting = SandboxCall.objects.count() - before
    run_jobs(seconds=30)

    row = JobRow.objects.get()
    assert called_while_waiting == 0
    assert (row.status, row.message.split(":")[0]) == ("UNSURE", "Nobody knows whether the gateway sent it again")
