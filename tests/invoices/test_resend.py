"""Having the gateway send its message again: once in two minutes, counted from the last message, not the last try."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from billing.clock import database_now
from invoices.models import DeliveryAttempt, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services.resend_limits import ResentJustNow
from invoices.services.resending import CannotResend, ResendFailed, ResendUnknown, resend_invoice
from tests.factories import make_merchant
from tests.invoices.acts import cancel, resend
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Outcome = DeliveryAttempt.Outcome


def outcomes() -> list[str]:
    resends = DeliveryAttempt.objects.filter(action=DeliveryAttempt.Action.RESEND)
    return list(resends.order_by("pk").values_list("outcome", flat=True))


def test_the_gateways_own_resend_is_used_and_the_customer_gets_the_same_link(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    before = len(shop.messages())

    resend(sent)

    assert (len(shop.messages()), outcomes()) == (before + 1, [Outcome.DONE])
    assert shop.book()["totals"]["create_calls"] == 1


def test_a_second_one_within_two_minutes_is_refused(shop: SandboxedMerchant, sent: Invoice) -> None:
    resend(sent)
    messages = len(shop.messages())

    with pytest.raises(ResentJustNow):
        resend(sent)

    assert (len(shop.messages()), outcomes()) == (messages, [Outcome.DONE])


def test_two_minutes_later_it_goes(sent: Invoice) -> None:
    resend(sent)
    DeliveryAttempt.objects.update(started_at=F("started_at") - timedelta(minutes=2, seconds=1))

    resend(sent)

    assert outcomes() == [Outcome.DONE, Outcome.DONE]


def test_a_refused_one_sent_nothing_and_does_not_count(shop: SandboxedMerchant, sent: Invoice) -> None:
    shop.fault(FaultKind.STATUS_FALSE, applies_to="ALL")
    with pytest.raises(ResendFailed):
        resend(sent)

    shop.no_faults()
    resend(sent)

    assert outcomes() == [Outcome.REFUSED, Outcome.DONE]


def test_one_of_unknown_outcome_may_have_gone_out_and_counts(shop: SandboxedMerchant, sent: Invoice) -> None:
    shop.fault(FaultKind.DROPPED, applies_to="ALL", count=1)
    with pytest.raises(ResendUnknown, match="Ask the customer before you send it once more"):
        resend(sent)

    shop.no_faults()
    with pytest.raises(ResentJustNow):
        resend(sent)

    assert outcomes() == [Outcome.UNKNOWN]


def test_what_is_being_cancelled_is_not_sent_again(sent: Invoice) -> None:
    cancel(sent)

    with pytest.raises(CannotResend):
        resend(sent)

    assert outcomes() == []


def test_another_merchants_invoice_does_not_exist(sent: Invoice, policy: GatewayPolicy) -> None:
    stranger = make_merchant("stranger")

    with pytest.raises(Invoice.DoesNotExist):
        resend_invoice(merchant_id=stranger.pk, invoice_id=sent.pk, actor="user:9", policy=policy, now=database_now())

    assert outcomes() == []
