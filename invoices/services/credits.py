"""Money that settled nothing, used for something else its customer owes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, User
from billing.services.deciding_alone import decide_alone, decided_today, lock_customers
from billing.services.second_persons import approves_alone, needs_second_person
from invoices.models import Credit, Payment
from invoices.policy import GatewayPolicy
from invoices.services.deciding import actor_of, decide, tell_payment
from invoices.services.payables import Payable, document_of
from invoices.services.settling import MoreThanOwed, kill_live_links, settle_as_seen
from invoices.services.surplus import AskedForMeanwhile, rest_of
from subscriptions.models import Installment

Status = Credit.Status


class CreditTooLarge(DomainError):
    code = "CREDIT_TOO_LARGE"
    message = gettext_noop(
        "This is more than is left over of the payment. Use at most what has settled nothing and is not asked for yet."
    )


class CreditOfAnother(DomainError):
    code = "CREDIT_OF_ANOTHER"
    message = gettext_noop(
        "Only what the same customer owes in the same currency can be settled. Choose something else."
    )


class CreditDecided(DomainError):
    code = "CREDIT_DECIDED"
    message = gettext_noop("Somebody has decided on this credit already. Look at it again.")


def request_credit(
    *,
    payment: Payment,
    payable: Payable,
    amount: Decimal,
    reason: str,
    user: User,
    policy: GatewayPolicy,
    now: datetime,
    left: Decimal | None = None,
) -> Credit:
    """
    Use a payment's surplus for something else; above the merchant's limit only once somebody else has approved it.

    What is used settles through the same door as money does, after the live payment link was cancelled.

    :param payable: as the person saw it: what it owes must still be owed when it is settled
    :param left: the surplus the person was shown; None where nobody was shown it
    :raises AskedForMeanwhile: it is another by now: the same page sent twice asks once
    :raises CreditOfAnother: :raises CreditTooLarge: :raises MoreThanOwed: nothing was changed
    :raises ChangedMeanwhile: :raises LinkStillLive: :raises PaidOnline: nothing was used
    :raises MoreThanAlone: nothing was used: the same person has just decided on something else of this customer
    """
    _check_fits(payment, payable)
    if amount > payable.amount_due:
        raise MoreThanOwed
    if amount > rest_of(payment).surplus:
        raise CreditTooLarge
    if _needs_second_person(payment, amount, user, now):
        return _ask(payment, payable, amount, reason, user, now, left)
    kill_live_links(payable, actor=actor_of(user), policy=policy, now=now)
    return _use_at_once(payment, payable, amount, reason, user, now, left)


def approve_credit(*, merchant_id: int, credit_id: int, user: User, policy: GatewayPolicy, now: datetime) -> Credit:
    """
    Approve it, and settle with it at once.

    :raises CreditDecided: somebody was quicker
    :raises SecondPersonNeeded: it is one's own, and somebody else could approve it
    :raises MoreThanOwed: less is owed by now: reject it, and ask anew
    :raises ChangedMeanwhile: :raises LinkStillLive: :raises PaidOnline: it waits as before
    """
    asked = Credit.objects.select_related("bill__merchant", "installment__merchant", "installment__subscription")
    credit = asked.get(merchant_id=merchant_id, pk=credit_id)
    is_alone = _check_approver(credit, user)
    if credit.amount > credit.payable.amount_due:
        raise MoreThanOwed
    kill_live_links(credit.payable, actor=actor_of(user), policy=policy, now=now)
    with transaction.atomic():
        settle_as_seen(credit.payable, amount=credit.amount, actor=actor_of(user), now=now)
        _check_approver(_locked(merchant_id, credit_id), user)
        credit.approved_alone = is_alone
        decide(credit, Status.DONE, "credited_alone" if is_alone else "credited", user, now)
        return credit


@transaction.atomic
def reject_credit(*, merchant_id: int, credit_id: int, reason: str, user: User, now: datetime) -> Credit:
    """:raises CreditDecided: it is rejected, or used"""
    credit = _locked(merchant_id, credit_id)
    if credit.status != Status.REQUESTED:
        raise CreditDecided
    decide(credit, Status.REJECTED, "credit_rejected", user, now, reason=reason)
    return credit


def _check_fits(payment: Payment, payable: Payable) -> None:
    document = document_of(payable)
    theirs = (payable.merchant_id, document.customer_id, document.currency)
    if theirs != (payment.merchant_id, payment.customer_id, payment.currency):
        raise CreditOfAnother


@transaction.atomic
def _ask(
    payment: Payment, payable: Payable, amount: Decimal, reason: str, user: User, now: datetime, left: Decimal | None
) -> Credit:
    credit = _write(payment, payable, amount, reason, user, now, left)
    tell_payment(credit, "credit_requested", user, reason=reason)
    return credit


@transaction.atomic
def _use_at_once(
    payment: Payment, payable: Payable, amount: Decimal, reason: str, user: User, now: datetime, left: Decimal | None
) -> Credit:
    lock_customers(merchant_id=payment.merchant_id, ids=[payment.customer_id])
    settle_as_seen(payable, amount=amount, actor=actor_of(user), now=now)
    decide_alone(
        merchant=payment.merchant,
        customer_id=payment.customer_id,
        amount=amount,
        what=payment.receipt_no or "",
        actor=actor_of(user),
        now=now,
    )
    credit = _write(payment, payable, amount, reason, user, now, left, decided_by=user, decided_at=now)
    tell_payment(credit, "credited", user, reason=reason)
    return credit


def _needs_second_person(payment: Payment, amount: Decimal, user: User, now: datetime) -> bool:
    earlier = decided_today(merchant=payment.merchant, customers=[payment.customer_id], actor=actor_of(user), now=now)
    return needs_second_person(payment.merchant, amount + earlier)


def _write(
    payment: Payment,
    payable: Payable,
    amount: Decimal,
    reason: str,
    user: User,
    now: datetime,
    left: Decimal | None,
    *,
    decided_by: User | None = None,
    decided_at: datetime | None = None,
) -> Credit:
    """Under the lock of the payment: of two that want the same surplus, one is refused."""
    locked = Payment.objects.select_for_update(of=("self",)).get(merchant_id=payment.merchant_id, pk=payment.pk)
    surplus = rest_of(locked).surplus
    if left not in (None, surplus):
        raise AskedForMeanwhile
    if amount > surplus:
        raise CreditTooLarge
    return Credit.objects.create(
        merchant_id=payment.merchant_id,
        payment=locked,
        bill=payable if isinstance(payable, Bill) else None,
        installment=payable if isinstance(payable, Installment) else None,
        amount=amount,
        status=Status.DONE if decided_by else Status.REQUESTED,
        reason=reason,
        needs_second_person=decided_by is None,
        requested_by=user,
        requested_at=now,
        decided_by=decided_by,
        decided_at=decided_at,
    )


def _locked(merchant_id: int, credit_id: int) -> Credit:
    return Credit.objects.select_for_update(of=("self",)).get(merchant_id=merchant_id, pk=credit_id)


def _check_approver(credit: Credit, user: User) -> bool:
    """Whether they approve it alone."""
    if credit.status != Status.REQUESTED:
        raise CreditDecided
    return approves_alone(merchant_id=credit.merchant_id, asked_by_id=credit.requested_by_id, user=user)
