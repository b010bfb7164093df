"""Receipts by e-mail: owed with the payment, sent once, whoever dies."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Bill, Customer, Event, Merchant
from billing.one_pass import one_pass
from billing.services.wrong_recipients import MessagesStopped
from invoices.documents.availability import can_make_pdf
from invoices.models import Payment, ReceiptEmail
from invoices.services.mailing import Posted
from invoices.services.orders import payable_url
from invoices.services.receipt_emails.rows import (
    AGAIN_AFTER,
    CLAIM_LASTS,
    TRIED_FOR,
    NoEmailAddress,
    ReceiptSentJustNow,
    ReceiptTaken,
    claim_receipt,
    record_receipt_outcome,
    release_dead_claims,
    send_receipt_again,
)
from invoices.services.receipt_emails.run import send_due_receipts
from invoices.tasks import send_receipts
from tests.factories import make_bill, make_merchant
from tests.infrastructure.ports import free_port
from tests.invoices.acts import at_once, poll, take
from tests.invoices.reminders.mail_server import Habit, mail_server
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Status = ReceiptEmail.Status


@pytest.fixture
def paid(settings: Any) -> Payment:
    """Cash over 100.000 of 150.500, at a merchant that sends receipts."""
    settings.PDF_DOCUMENTS = False
    merchant = make_merchant(language="en", sends_receipts=True, help_phone="06 500 0000")
    return take(make_bill(merchant), "100.000")


def send() -> int:
    taken, is_done = send_due_receipts(seconds=60)
    assert is_done
    return taken


def again(payment: Payment) -> ReceiptEmail:
    return send_receipt_again(
        merchant_id=payment.merchant_id, payment_id=payment.pk, actor="user:1", now=database_now()
    )


def statuses() -> list[str]:
    return list(ReceiptEmail.objects.order_by("pk").values_list("status", flat=True))


def use_mail_server(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def test_the_sweeps_of_one_slow_mail_server_do_not_pile_up(paid: Payment) -> None:
    with one_pass("receipts", seconds=60):
        send_receipts()
        assert statuses() == [Status.DUE]

    send_receipts()

    assert statuses() == [Status.SENT]


def test_cash_is_confirmed_by_e_mail_once(paid: Payment) -> None:
    assert (send(), send()) == (1, 0)

    (message,) = mail.outbox
    assert (message.to, message.subject) == (["info@razzbery.com"], "Receipt from Razzbery Solutions")
    assert message.from_email == "Razzbery Solutions <billing@localhost>"
    for part in (
        "\u2068JOD\u00a0100.000\u2069",
        "\u2068JOD\u00a050.500\u2069",
        f"\u2068{paid.receipt_no}\u2069",
        "\u2068Water Bill\u2069",
        f"\n{payable_url(paid.payable)}\n",
        "06 500 0000",
    ):
        assert part in message.body
    assert statuses() == ["SENT"]
    assert Event.objects.filter(name="receipt_sent", subject_id=paid.pk).count() == 1


def test_the_printed_receipt_is_attached_where_it_can_be_made(paid: Payment, settings: Any) -> None:
    settings.PDF_DOCUMENTS = False
    send()
    settings.PDF_DOCUMENTS = True
    ReceiptEmail.objects.update(status="DUE")
    send()

    without, with_paper = mail.outbox
    assert without.attachments == []
    if can_make_pdf():
        (attached,) = with_paper.attachments
        assert attached.filename == f"receipt-{paid.receipt_no}.pdf"  # type: ignore[union-attr]
        assert attached.content.startswith(b"%PDF-")  # type: ignore[union-attr]


def test_an_arabic_customer_reads_arabic(paid: Payment) -> None:
    Customer.objects.update(language="ar")

    send()

    assert "\u2067\u200f100.000\u00a0د.أ.\u200f\u2069" in mail.outbox[0].body


def test_a_payment_through_the_link_is_confirmed_too(shop: SandboxedMerchant, sandbox_settings: Any) -> None:
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    Merchant.objects.update(sends_receipts=True)
    shop.merchant.refresh_from_db()
    make_bill(shop.merchant)
    shop.issue()
    shop.push()
    payment_of = Bill.objects.get().invoices.get()
    shop.customer_pays(payment_of)

    poll(shop)
    poll(shop)

    assert statuses() == ["DUE"]
    assert (send(), len(mail.outbox)) == (1, 1)


def test_nothing_is_owed_without_the_merchants_wish_an_address_or_while_messages_are_stopped() -> None:
    quiet = make_merchant("quiet")
    take(make_bill(quiet), "1.000")
    merchant = make_merchant(sends_receipts=True)
    take(make_bill(merchant, customer_email="", customer_phone="0777000002"), "1.000")
    stopped = make_bill(merchant, customer_phone="0777000003")
    Customer.objects.filter(pk=stopped.customer_id).update(messages_stopped_at=database_now())
    take(Bill.objects.get(pk=stopped.pk), "1.000")

    assert (statuses(), send(), mail.outbox) == ([], 0, [])


class PowerCut(Exception):
    """Before the payment's transaction has ended."""


def test_a_payment_that_is_rolled_back_owes_no_receipt(paid: Payment) -> None:
    @transaction.atomic
    def take_the_rest() -> None:
        take(Bill.objects.get(), "50.500")
        raise PowerCut

    with pytest.raises(PowerCut):
        take_the_rest()

    assert statuses() == ["DUE"]


def test_messages_stopped_since_are_kept(paid: Payment) -> None:
    Customer.objects.update(messages_stopped_at=database_now())

    send()

    assert (statuses(), mail.outbox) == (["NOT_SENT"], [])
    assert ReceiptEmail.objects.get().detail == MessagesStopped.message


def test_workers_beside_each_other_send_one(paid: Payment) -> None:
    failures = at_once(*[lambda: send_due_receipts(seconds=60)] * 4)

    assert failures == []
    assert (len(mail.outbox), statuses()) == (1, ["SENT"])


def test_a_claim_whose_process_died_is_unknown_and_not_sent_by_itself(paid: Payment) -> None:
    claim_receipt(receipt_id=ReceiptEmail.objects.get().pk, now=database_now())

    assert send() == 0
    assert statuses() == ["CLAIMED"]
    assert release_dead_claims(now=database_now() + CLAIM_LASTS) == 1
    assert send() == 0

    assert (statuses(), mail.outbox) == (["UNKNOWN"], [])


def test_what_became_known_after_the_claim_was_given_up_is_believed(paid: Payment) -> None:
    receipt = claim_receipt(receipt_id=ReceiptEmail.objects.get().pk, now=database_now())
    release_dead_claims(now=database_now() + CLAIM_LASTS)

    record_receipt_outcome(receipt, Posted(status="SENT"), now=database_now())

    assert statuses() == ["SENT"]


def test_a_late_outcome_of_an_earlier_claim_says_nothing_of_a_later_one(paid: Payment) -> None:
    first = claim_receipt(receipt_id=ReceiptEmail.objects.get().pk, now=database_now())
    release_dead_claims(now=database_now() + CLAIM_LASTS)
    again(paid)
    claim_receipt(receipt_id=first.pk, now=database_now())

    record_receipt_outcome(first, Posted(status="SENT"), now=database_now())

    assert statuses() == ["CLAIMED"]


@pytest.mark.parametrize(("habit", "status"), [("takes", "SENT"), ("refuses", "NOT_SENT"), ("hangs up", "UNKNOWN")])
def test_what_the_mail_server_says_is_written_down(paid: Payment, settings: Any, habit: Habit, status: str) -> None:
    with mail_server(habit) as (port, taken):
        use_mail_server(settings, port)

        assert (send(), send()) == (1, 0)

    assert statuses() == [status]
    assert len(taken) == (0 if habit == "refuses" else 1)


def test_while_the_mail_server_is_down_it_stays_due_for_two_days(paid: Payment, settings: Any) -> None:
    use_mail_server(settings, free_port())

    send()
    waiting = ReceiptEmail.objects.get()
    Payment.objects.update(received_at=database_now() - TRIED_FOR)
    ReceiptEmail.objects.update(due_at=database_now())
    send()

    assert waiting.status == "DUE"
    assert waiting.due_at > database_now() + AGAIN_AFTER / 2
    assert (statuses(), ReceiptEmail.objects.get().detail) == (["NOT_SENT"], "The mail server could not be reached.")


def test_staff_send_it_again_once_and_not_twice_within_two_minutes(paid: Payment) -> None:
    send()

    with pytest.raises(ReceiptSentJustNow):
        again(paid)
    ReceiptEmail.objects.update(finished_at=database_now() - CLAIM_LASTS)
    again(paid)
    with pytest.raises(ReceiptTaken):
        again(paid)
    send()

    assert (len(mail.outbox), statuses()) == (2, ["SENT"])
    assert Event.objects.get(name="receipt_asked").actor == "user:1"


def test_staff_send_one_where_none_was_sent_before() -> None:
    payment = take(make_bill(make_merchant()), "1.000")

    again(payment)

    assert (send(), len(mail.outbox)) == (1, 1)


def no_address() -> None:
    Bill.objects.update(customer_email="")
    Customer.objects.update(email="")


def stopped() -> None:
    Customer.objects.update(messages_stopped_at=database_now())


@pytest.mark.parametrize(("circumstance", "refusal"), [(no_address, NoEmailAddress), (stopped, MessagesStopped)])
def test_what_cannot_arrive_is_refused(paid: Payment, circumstance: Any, refusal: type[DomainError]) -> None:
    send()
    circumstance()

    with pytest.raises(refusal):
        again(Payment.objects.get())

    assert statuses() == ["SENT"]
    assert not Event.objects.filter(name="receipt_asked").exists()


def test_another_merchants_payment_has_no_receipt_to_send(paid: Payment) -> None:
    stranger = make_merchant("stranger")

    with pytest.raises(Payment.DoesNotExist):
        send_receipt_again(merchant_id=stranger.pk, payment_id=paid.pk, actor="user:1", now=database_now())

    assert statuses() == ["DUE"]
