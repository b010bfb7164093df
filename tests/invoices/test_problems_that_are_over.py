"""What went wrong with an invoice is shown for as long as it is so: a later good answer of the gateway ends it."""

from __future__ import annotations

import pytest

from billing.clock import database_now
from invoices.models import Enquiry, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.enquiry import Answer
from tests.invoices.acts import poll
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Delivery, Status = Invoice.Delivery, Invoice.Status


def fail_to_ask(shop: SandboxedMerchant, invoice: Invoice) -> str:
    shop.fault(FaultKind.REFUSED_500, applies_to="ENQUIRE")
    poll(shop)
    shop.no_faults()
    invoice.refresh_from_db()
    return invoice.problem


def test_a_good_answer_ends_it_while_it_is_open_and_when_it_is_paid(shop: SandboxedMerchant, sent: Invoice) -> None:
    assert "HTTP 500" in fail_to_ask(shop, sent)

    poll(shop)
    sent.refresh_from_db()
    assert (sent.status, sent.problem) == (Status.OPEN, "")

    assert "HTTP 500" in fail_to_ask(shop, sent)
    shop.customer_pays(sent)
    poll(shop)
    sent.refresh_from_db()
    assert (sent.status, sent.problem) == (Status.PAID, "")


def test_why_it_was_refused_stays_when_its_link_is_dead(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy
) -> None:
    dead = Answer(finding=Enquiry.Finding.CANCELLED, reference=sent.reference)
    Invoice.objects.update(problem="HTTP 500")
    apply_answer(invoice_id=sent.pk, answer=dead, policy=policy, now=database_now())
    sent.refresh_from_db()
    assert (sent.status, sent.problem) == (Status.CANCELLED, "")

    Invoice.objects.update(delivery=Delivery.REJECTED, problem="no such phone")
    apply_answer(invoice_id=sent.pk, answer=dead, policy=policy, now=database_now())

    sent.refresh_from_db()
    assert sent.problem == "no such phone"
