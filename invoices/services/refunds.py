"""Giving money back: asked for, approved by a second person where it is much, done by hand, written down."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event, Merchant, User
from billing.money import ZERO
from billing.services import record_event
from invoices.models import Payment, Refund
from invoices.services.payables import lock_payable, refund_payable
from invoices.services.shifts import enter_in_shift

Status = Refund.Status


class RefundTooLarge(DomainError):
    code = "REFUND_TOO_LARGE"
    message = gettext_noop(
        "This is more than is left of the payment. Give back at most what has not been given back or asked for yet."
    )


class RefundMethodUnfit(DomainError):
    code = "REFUND_METHOD_UNFIT"
    message = gettext_noop(
        "Only money that came through the payment link can be given back at the gateway. Choose cash or a transfer."
    )


class RefundDecided(DomainError):
    code = "REFUND_DECIDED"
    message = gettext_noop("Somebody has decided on this refund already. Look at it again.")


class SecondPersonNeeded(DomainError):
    code = "SECOND_PERSON_NEEDED"
    message = gettext_noop(
        "A refund of this size is approved by somebody else than who asked for it. Ask a colleague to approve it."
    )


class RefundNotApproved(DomainError):
    code = "REFUND_NOT_APPROVED"
    message = gettext_noop("This refund is not approved, or was given back already. Hand out no money for it.")


class ReferenceMissing(DomainError):
    code = "REFERENCE_MISSING"
    message = gettext_noop("Enter the number under which the gateway or the bank has this refund.")


def left_to_refund(payment: Payment) -> Decimal:
    """What of a payment has neither been given back nor been asked for."""
    taken, _settled = _taken(payment)
    left: Decimal = payment.amount - taken
    return left


def _taken(payment: Payment) -> tuple[Decimal, Decimal]:
    """What its refunds take of a payment, those on their way too; and of that, what had settled something."""
    standing = payment.refunds.exclude(status=Status.REJECTED)
    sums = standing.aggregate(taken=Sum("amount"), settled=Sum("settled_amount"))
    return sums["taken"] or ZERO, sums["settled"] or ZERO


@transaction.atomic
def request_refund(
    *,
    merchant: Merchant,
    payment_id: int,
    amount: Decimal,
    method: Refund.Method,
    reason: str,
    user: User,
    now: datetime,
) -> Refund:
    """
    Ask for money to be given back; up to the merchant's limit that is approved with it.

    What had settled nothing goes back first, so that an over-payment leaves its bill or installment as it is.

    :raises RefundTooLarge: more than is left of the payment
    :raises RefundMethodUnfit: at the gateway, which never had the money
    """
    payment = Payment.objects.select_for_update().get(merchant=merchant, pk=payment_id)
    taken, settled = _taken(payment)
    if amount > payment.amount - taken:
        raise RefundTooLarge
    if method == Refund.Method.GATEWAY and payment.method != Payment.Method.GATEWAY:
        raise RefundMethodUnfit
    surplus = payment.amount - payment.applied_amount - (taken - settled)
    needs_second_person = merchant.second_person_above == 0 or amount > merchant.second_person_above
    refund = Refund.objects.create(
        merchant=merchant,
        payment=payment,
        amount=amount,
        settled_amount=max(amount - surplus, ZERO),
        method=method,
        status=Status.REQUESTED if needs_second_person else Status.APPROVED,
        reason=reason,
        needs_second_person=needs_second_person,
        requested_by=user,
        requested_at=now,
        decided_by=None if needs_second_person else user,
        decided_at=None if needs_second_person else now,
    )
    _record(refund, "refund_requested", user, reason=reason)
    return refund


@transaction.atomic
def approve_refund(*, merchant_id: int, refund_id: int, user: User, now: datetime) -> Refund:
    """
    :raises RefundDecided: somebody was quicker
    :raises SecondPersonNeeded: it is one's own
    """
    refund = _locked(merchant_id, refund_id)
    if refund.status != Status.REQUESTED:
        raise RefundDecided
    if refund.needs_second_person and refund.requested_by_id == user.pk:
        raise SecondPersonNeeded
    return _decide(refund, Status.APPROVED, "refund_approved", user, now)


@transaction.atomic
def reject_refund(*, merchant_id: int, refund_id: int, reason: str, user: User, now: datetime) -> Refund:
    """
    Let it be, also after it was approved: the money can then be asked for anew.

    :raises RefundDecided: it is rejected, or the money is gone
    """
    refund = _locked(merchant_id, refund_id)
    if refund.status not in (Status.REQUESTED, Status.APPROVED):
        raise RefundDecided
    return _decide(refund, Status.REJECTED, "refund_rejected", user, now, reason=reason)


@transaction.atomic
def complete_refund(*, merchant_id: int, refund_id: int, reference: str, user: User, now: datetime) -> Refund:
    """
    Write down that the money was given back; the bill or installment knows it from the same moment.

    The gateway has no call that moves money back: its refunds are made in its own portal, and named here.

    :param reference: the gateway's or the bank's number; may be empty for cash
    :raises RefundNotApproved: nothing was changed
    :raises ReferenceMissing: nothing was changed
    """
    payment = (
        Refund.objects.select_related("payment__bill", "payment__installment")
        .get(merchant_id=merchant_id, pk=refund_id)
        .payment
    )
    payable = lock_payable(payment.payable)
    refund = _locked(merchant_id, refund_id)
    if refund.status != Status.APPROVED:
        raise RefundNotApproved
    if refund.method != Refund.Method.CASH and not reference:
        raise ReferenceMissing
    refund.status, refund.reference, refund.done_by, refund.done_at = Status.DONE, reference, user, now
    refund.save(update_fields=["status", "reference", "done_by", "done_at"])
    if refund.settled_amount > 0:
        refund_payable(payable, amount=refund.settled_amount, actor=_actor(user), now=now)
    enter_in_shift(refund=refund, user=user)
    _record(refund, "refunded", user)
    return refund


def _locked(merchant_id: int, refund_id: int) -> Refund:
    return Refund.objects.select_for_update(of=("self",)).get(merchant_id=merchant_id, pk=refund_id)


def _decide(refund: Refund, status: Refund.Status, name: str, user: User, now: datetime, **details: str) -> Refund:
    refund.status, refund.decided_by, refund.decided_at = status, user, now
    refund.save(update_fields=["status", "decided_by", "decided_at"])
    _record(refund, name, user, **details)
    return refund


def _actor(user: User) -> str:
    return f"user:{user.pk}"


def _record(refund: Refund, name: str, user: User, **details: str) -> None:
    record_event(
        merchant_id=refund.merchant_id,
        subject=Event.Subject.PAYMENT,
        subject_id=refund.payment_id,
        name=name,
        actor=_actor(user),
        amount=str(refund.amount),
        **details,
    )
