"""Unknown outcomes: asked about by reference before anything is sent again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F

from billing.clock import database_now
from invoices.models import Enquiry, GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind, SandboxCall, SandboxInvoice
from invoices.services.cancelling import cancel_invoice
from invoices.services.decisions import NothingToDecide, confirm_sent, send_again
from invoices.services.enquiries.errands import LOOK, due_accounts, run_errands
from tests.factories import make_bill
from tests.invoices import acts
from tests.invoices.acts import look_until_sure
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery


@pytest.fixture
def unknown(shop: SandboxedMerchant) -> Invoice:
    """An invoice that the gateway has, though its answer was lost."""
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.DROPPED, count=1)
    shop.push()
    return Invoice.objects.get()


@pytest.fixture
def vanished(shop: SandboxedMerchant) -> Invoice:
    """An invoice that the gateway has not, though nobody can know."""
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.REFUSED_500, count=1)
    shop.push()
    return Invoice.objects.get()


def make_doubtful(shop: SandboxedMerchant, kind: FaultKind) -> Invoice:
    """Another invoice, of whose call nobody knows what became."""
    make_bill(shop.merchant, customer_phone="0790000001")
    shop.issue()
    shop.fault(kind, count=1)
    shop.push()
    return Invoice.objects.get(delivery=Delivery.UNKNOWN)


def look(shop: SandboxedMerchant) -> int:
    return run_errands(LOOK, account_id=shop.account.pk, policy=GatewayPolicy.from_settings())


def questions(shop: SandboxedMerchant) -> int:
    return SandboxCall.objects.filter(account__access_code=shop.access_code, operation="ENQUIRE").count()


def let_a_pause_pass() -> None:
    pause = GatewayPolicy.from_settings().look_pause
    waiting = Invoice.objects.exclude(next_look_at=None)
    waiting.update(next_look_at=database_now(), unknown_since=F("unknown_since") - pause)


def test_what_the_gateway_has_is_sent_and_never_posted_again(shop: SandboxedMerchant, unknown: Invoice) -> None:
    assert look(shop) == 1

    unknown.refresh_from_db()
    assert unknown.delivery == Delivery.SENT
    assert unknown.gateway_token == shop.at_gateway(unknown).token
    assert shop.push() == 0
    assert shop.book()["totals"]["create_calls"] == 1
    assert Enquiry.objects.get().finding == Enquiry.Finding.UNPAID


def test_three_empty_looks_apart_in_time_send_the_same_reference_again(
    shop: SandboxedMerchant, vanished: Invoice, policy: GatewayPolicy
) -> None:
    assert look(shop) == 1
    assert look(shop) == 0  # the next look is minutes away
    vanished.refresh_from_db()
    assert vanished.next_look_at is not None
    assert vanished.next_look_at - database_now() > timedelta(seconds=140)

    let_a_pause_pass()
    look(shop)
    vanished.refresh_from_db()
    assert (vanished.delivery, vanished.looks) == (Delivery.UNKNOWN, 2)
    assert shop.push() == 0

    let_a_pause_pass()
    look(shop)
    vanished.refresh_from_db()
    assert vanished.delivery == Delivery.NEW
    assert Enquiry.objects.filter(finding=Enquiry.Finding.NOT_FOUND).count() == policy.looks

    assert shop.push() == 1
    assert shop.at_gateway(vanished).reference_number == vanished.reference
    assert shop.book()["totals"] == {"invoices": 1, "not_cancelled": 1, "create_calls": 2}


@pytest.mark.parametrize("lie", [FaultKind.NOT_FOUND, FaultKind.NOTHING_FOUND])
def test_a_search_that_does_not_even_find_what_the_gateway_confirmed_proves_nothing(
    shop: SandboxedMerchant, sent: Invoice, lie: FaultKind
) -> None:
    doubtful = make_doubtful(shop, FaultKind.ACCEPTED_500)
    shop.fault(lie, applies_to="ENQUIRE")

    look_until_sure(shop)

    doubtful.refresh_from_db()
    assert (doubtful.delivery, doubtful.looks) == (Delivery.UNKNOWN, 0)
    assert "none of our invoices" in doubtful.problem
    assert (shop.push(), len(shop.messages()), Enquiry.objects.count()) == (0, 2, 0)

    shop.no_faults()
    assert acts.look(shop) == 1
    doubtful.refresh_from_db()
    assert (doubtful.delivery, doubtful.problem) == (Delivery.SENT, "")
    assert shop.book()["totals"] == {"invoices": 2, "not_cancelled": 2, "create_calls": 2}


def test_a_search_that_finds_another_is_believed_after_one_more_question(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy
) -> None:
    doubtful = make_doubtful(shop, FaultKind.REFUSED_500)
    before = questions(shop)

    look_until_sure(shop)

    doubtful.refresh_from_db()
    assert doubtful.delivery == Delivery.NEW
    assert questions(shop) - before == 2 * policy.looks


def test_what_another_account_confirmed_is_no_proof_of_this_ones_search(
    shop: SandboxedMerchant, sent: Invoice, live_server: Any
) -> None:
    successor = connect_to_sandbox(shop.merchant, base_url=live_server.url)
    doubtful = make_doubtful(successor, FaultKind.REFUSED_500)

    look_until_sure(successor)

    doubtful.refresh_from_db()
    assert doubtful.delivery == Delivery.NEW
    assert questions(shop) == 0


def test_a_failing_enquiry_is_no_look(shop: SandboxedMerchant, vanished: Invoice) -> None:
    shop.fault(FaultKind.HTML_500, applies_to="ENQUIRE")
    for _ in range(5):
        let_a_pause_pass()
        GatewayAccount.objects.update(breaker_open_until=None, consecutive_failures=0)
        assert look(shop) == 0

    vanished.refresh_from_db()
    assert (vanished.delivery, vanished.looks) == (Delivery.UNKNOWN, 0)


def test_where_nobody_can_enquire_a_person_decides(shop: SandboxedMerchant, vanished: Invoice) -> None:
    GatewayAccount.objects.update(can_enquire=False)

    assert due_accounts(LOOK, now=database_now()) == []
    whose = {"merchant_id": shop.merchant.pk, "invoice_id": vanished.pk, "actor": "user:1", "now": database_now()}
    send_again(**whose)

    assert shop.push() == 1
    with pytest.raises(NothingToDecide):
        confirm_sent(**whose)


def test_staff_may_confirm_that_it_was_sent(shop: SandboxedMerchant, unknown: Invoice) -> None:
    confirm_sent(merchant_id=shop.merchant.pk, invoice_id=unknown.pk, actor="user:1", now=database_now())

    assert shop.push() == 0
    assert Invoice.objects.get().delivery == Delivery.SENT


def test_two_at_the_gateway_for_one_reference_leave_the_older_and_cancel_the_later(
    shop: SandboxedMerchant, unknown: Invoice
) -> None:
    older = shop.at_gateway(unknown)
    later = SandboxInvoice.objects.get(pk=older.pk)
    later.pk, later.token = None, "later-token"
    later.save(force_insert=True)

    look(shop)

    unknown.refresh_from_db()
    assert (unknown.delivery, unknown.gateway_token) == (Delivery.SENT, older.token)
    later.refresh_from_db()
    assert later.status == 3
    assert shop.book()["doubled"] == []


def test_another_amount_at_the_gateway_is_parked_and_nothing_is_paid(shop: SandboxedMerchant, unknown: Invoice) -> None:
    SandboxInvoice.objects.update(amount=Decimal("1.000"), status=1)

    look(shop)

    unknown.refresh_from_db()
    assert (unknown.delivery, unknown.status) == (Delivery.PARKED, Invoice.Status.OPEN)
    assert "1.000" in unknown.problem
    assert not unknown.payments.exists()


def test_an_invoice_to_be_cancelled_while_unknown_is_asked_about_first(
    shop: SandboxedMerchant, unknown: Invoice
) -> None:
    cancel_invoice(merchant_id=shop.merchant.pk, invoice_id=unknown.pk, actor="user:1", now=database_now())
    unknown.refresh_from_db()
    assert unknown.status == Invoice.Status.OPEN

    look(shop)

    unknown.refresh_from_db()
    assert unknown.delivery == Delivery.SENT
    assert unknown.next_cancel_at is not None


def test_an_invoice_to_be_cancelled_that_never_came_to_be_is_cancelled_without_a_call(
    shop: SandboxedMerchant, vanished: Invoice
) -> None:
    cancel_invoice(merchant_id=shop.merchant.pk, invoice_id=vanished.pk, actor="user:1", now=database_now())
    for _ in range(3):
        let_a_pause_pass()
        look(shop)

    vanished.refresh_from_db()
    assert vanished.status == Invoice.Status.CANCELLED
    assert shop.book()["totals"]["create_calls"] == 1
