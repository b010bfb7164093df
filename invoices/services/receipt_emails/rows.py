"""
Receipts by e-mail as rows: written with the payment they are for, claimed one at a time before anything is sent.

A claim whose process died is UNKNOWN after a while and shown to staff; only they have it sent again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event, Merchant
from billing.services import record_event
from billing.services.wrong_recipients import check_messages_go_on
from invoices.models import Payment, ReceiptEmail
from invoices.services.mailing import NO_ADDRESS, Posted
from invoices.services.payables import Payable, email_of

Status = ReceiptEmail.Status

# Far longer than any sending: all that waiting costs is how long "being sent" is shown.
CLAIM_LASTS: Final = timedelta(minutes=10)
AGAIN_AFTER: Final = timedelta(minutes=5)
TRIED_FOR: Final = timedelta(days=2)
_PAUSE_BETWEEN: Final = timedelta(minutes=2)

DIED = gettext_noop("The sending process ended before it was known whether this was sent.")

_EVENTS: Final = {Status.SENT: "receipt_sent", Status.NOT_SENT: "receipt_not_sent", Status.UNKNOWN: "receipt_unknown"}


class ReceiptTaken(DomainError):
    code = "RECEIPT_TAKEN"
    message = gettext_noop("This receipt is being sent, or was dealt with. Look again in a moment.")


class ReceiptSentJustNow(DomainError):
    code = "RECEIPT_SENT_JUST_NOW"
    message = gettext_noop("This receipt was sent less than two minutes ago. Wait a little.")


class NoEmailAddress(DomainError):
    code = "NO_EMAIL_ADDRESS"
    message = NO_ADDRESS


def owe_receipt_email(payment: Payment, *, payable: Payable, merchant: Merchant, now: datetime) -> None:
    """
    In the transaction that records the payment: where its merchant wants that, its receipt is due at once.

    Nothing where the customer has no address, or messages to them are stopped.
    """
    address = email_of(payable) if merchant.sends_receipts else ""
    if address and payment.customer.messages_stopped_at is None:
        ReceiptEmail.objects.create(merchant=merchant, payment=payment, address=address, due_at=now)


def claim_receipt(*, receipt_id: int, now: datetime) -> ReceiptEmail:
    """
    Ours to send, and nobody else's from here on. The caller sends it at once.

    :raises ReceiptTaken: another worker has it
    """
    due = ReceiptEmail.objects.filter(pk=receipt_id, status=Status.DUE, due_at__lte=now)
    if not due.update(status=Status.CLAIMED, claimed_at=now, finished_at=None, detail=""):
        raise ReceiptTaken
    related = ("payment__merchant", "payment__customer", "payment__bill__customer")
    rows = ReceiptEmail.objects.select_related(*related, "payment__installment__subscription__customer")
    return rows.get(pk=receipt_id)


@transaction.atomic
def record_receipt_outcome(receipt: ReceiptEmail, posted: Posted, *, now: datetime) -> None:
    """
    Also where the claim has meanwhile been given up as UNKNOWN: this is what is known after all.

    One that certainly did not leave, for want of a mail server, is due again, for two days.
    """
    undecided = ReceiptEmail.objects.filter(pk=receipt.pk, status__in=[Status.CLAIMED, Status.UNKNOWN])
    undecided = undecided.filter(claimed_at=receipt.claimed_at)
    is_over = now - receipt.payment.received_at > TRIED_FOR
    if posted.status == "NOT_SENT" and posted.is_down and not is_over:
        undecided.update(status=Status.DUE, due_at=now + AGAIN_AFTER, detail=posted.detail)
    elif undecided.update(status=posted.status, detail=posted.detail[:500], finished_at=now):
        record_receipt_event(receipt, _EVENTS[Status(posted.status)], actor="system")


def release_dead_claims(*, now: datetime) -> int:
    """What was being sent when its process died may have arrived: UNKNOWN, and not sent again by itself."""
    dead = ReceiptEmail.objects.filter(status=Status.CLAIMED, claimed_at__lte=now - CLAIM_LASTS)
    return dead.update(status=Status.UNKNOWN, detail=DIED, finished_at=now)


@transaction.atomic
def send_receipt_again(*, merchant_id: int, payment_id: int, actor: str, now: datetime) -> ReceiptEmail:
    """
    Staff want the customer to have it, whatever became of it before and whether or not the merchant sends receipts.

    :raises NoEmailAddress: :raises MessagesStopped: :raises ReceiptTaken: :raises ReceiptSentJustNow:
    """
    payment = Payment.objects.select_for_update(no_key=True).get(merchant_id=merchant_id, pk=payment_id)
    address = email_of(payment.payable)
    if not address:
        raise NoEmailAddress
    check_messages_go_on(customer_id=payment.customer_id)
    _check_idle(ReceiptEmail.objects.select_for_update().filter(payment=payment).first(), now)
    values = {"address": address, "status": Status.DUE, "detail": "", "due_at": now}
    owner = {"merchant_id": merchant_id}
    receipt, _is_new = ReceiptEmail.objects.update_or_create(
        payment=payment, defaults=values | {"claimed_at": None, "finished_at": None}, create_defaults=values | owner
    )
    record_receipt_event(receipt, "receipt_asked", actor=actor)
    return receipt


def record_receipt_event(receipt: ReceiptEmail, name: str, *, actor: str) -> None:
    """In the timeline of the payment it confirms."""
    record_event(
        merchant_id=receipt.merchant_id,
        subject=Event.Subject.PAYMENT,
        subject_id=receipt.payment_id,
        name=name,
        actor=actor,
        channel="EMAIL",
    )


def _check_idle(receipt: ReceiptEmail | None, now: datetime) -> None:
    if receipt is None:
        return
    if receipt.status in (Status.DUE, Status.CLAIMED):
        raise ReceiptTaken
    if receipt.status == Status.SENT and receipt.finished_at and now - receipt.finished_at < _PAUSE_BETWEEN:
        raise ReceiptSentJustNow
