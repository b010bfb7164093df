"""Giving money back: asked for, approved by a second person where it is much, done by hand, written down."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Merchant, User
from billing.money import ZERO
from billing.services.deciding_alone import MoreThanAlone, decide_alone, lock_customers
from billing.services.second_persons import approves_alone
from invoices.models import Payment, Refund
from invoices.services.deciding import actor_of, decide, tell_payment
from invoices.services.payables import lock_payable, refund_payable
from invoices.services.shifts import enter_in_shift
from invoices.services.surplus import AskedForMeanwhile, rest_of

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


class RefundNotApproved(DomainError):
    code = "REFUND_NOT_APPROVED"
    message = gettext_noop("This refund is not approved, or was given back already. Hand out no money for it.")


class ReferenceMissing(DomainError):
    code = "REFERENCE_MISSING"
    message = gettext_noop("Enter the number under which the gateway or the bank has this refund.")


def left_to_refund(payment: Payment) -> Decimal:
    """What of a payment has neither been given back nor been asked for, nor used for something else."""
    return rest_of(payment).whole


def given_back(payment: Payment) -> Decimal:
    """What of a payment has gone back to the customer, settled or not; what is only asked for has not."""
    done = Refund.objects.filter(merchant_id=payment.merchant_id, payment=payment, status=Status.DONE)
    return done.aggregate(total=Sum("amount"))["total"] or ZERO


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
    left: Decimal | None = None,
) -> Refund:
    """
    Ask for money to be given back; up to the merchant's limit for one person's day that is approved with it.

    What had settled nothing goes back first, so that an over-payment leaves its bill or installment as it is.

    :param left: what the person was shown as left of the payment; None where nobody was shown it
    :raises AskedForMeanwhile: something else is left by now: the same page sent twice asks once
    :raises RefundTooLarge: more than is left of the payment
    :raises RefundMethodUnfit: at the gateway, which never had the money
    """
    lock_customers(merchant_id=merchant.pk, ids=Payment.objects.filter(pk=payment_id).values("customer"))
    payment = Payment.objects.select_for_update().get(merchant=merchant, pk=payment_id)
    rest = rest_of(payment)
    if left not in (None, rest.whole):
        raise AskedForMeanwhile
    if amount > rest.whole:
        raise RefundTooLarge
    if method == Refund.Method.GATEWAY and payment.method != Payment.Method.GATEWAY:
        raise RefundMethodUnfit
    is_held = _is_held(payment, merchant, amount, user, now)
    refund = Refund.objects.create(
        merchant=merchant,
        payment=payment,
        amount=amount,
        settled_amount=max(amount - rest.surplus, ZERO),
        method=method,
        status=Status.REQUESTED if is_held else Status.APPROVED,
        reason=reason,
        needs_second_person=is_held,
        requested_by=user,
        requested_at=now,
        decided_by=None if is_held else user,
        decided_at=None if is_held else now,
    )
    tell_payment(refund, "refund_requested", user, reason=reason)
    return refund


def _is_held(payment: Payment, merchant: Merchant, amount: Decimal, user: User, now: datetime) -> bool:
    try:
        decide_alone(
            merchant=merchant,
            customer_id=payment.customer_id,
            amount=amount,
            what=payment.receipt_no or "",
            actor=actor_of(user),
            now=now,
        )
    except MoreThanAlone:
        return True
    return False


@transaction.atomic
def approve_refund(*, merchant_id: int, refund_id: int, user: User, now: datetime) -> Refund:
    """
    :raises RefundDecided: somebody was quicker
    :raises SecondPersonNeeded: it is one's own, and somebody else could approve it
    """
    refund = _locked(merchant_id, refund_id)
    if refund.status != Status.REQUESTED:
        raise RefundDecided
    is_alone = approves_alone(merchant_id=merchant_id, asked_by_id=refund.requested_by_id, user=user)
    refund.approved_alone = is_alone
    decide(refund, Status.APPROVED, "refund_approved_alone" if is_alone else "refund_approved", user, now)
    return refund


@transaction.atomic
def reject_refund(*, merchant_id: int, refund_id: int, reason: str, user: User, now: datetime) -> Refund:
    """
    Let it be, also after it was approved: the money can then be asked for anew.

    :raises RefundDecided: it is rejected, or the money is gone
    """
    refund = _locked(merchant_id, refund_id)
    if refund.status not in (Status.REQUESTED, Status.APPROVED):
        raise RefundDecided
    decide(refund, Status.REJECTED, "refund_rejected", user, now, reason=reason)
    return refund


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
        refund_payable(payable, amount=refund.settled_amount, actor=actor_of(user), now=now)
    enter_in_shift(refund=refund, user=user)
    tell_payment(refund, "refunded", user)
    return refund


def _locked(merchant_id: int, refund_id: int) -> Refund:
    return Refund.objects.select_for_update(of=("self",)).get(merchant_id=merchant_id, pk=refund_id)
