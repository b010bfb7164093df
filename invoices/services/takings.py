"""Money that staff take: cash and transfers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, Event, User
from billing.services import record_event
from invoices.models import Payment
from invoices.policy import GatewayPolicy
from invoices.services.payables import Payable, document_of
from invoices.services.receipt_emails.rows import owe_receipt_email
from invoices.services.receipts import give_receipt_number
from invoices.services.settling import MoreThanOwed, kill_live_links, settle_as_seen
from invoices.services.shifts import enter_in_shift
from subscriptions.models import Installment


class NoAmountToTake(DomainError):
    code = "NO_AMOUNT_TO_TAKE"
    message = gettext_noop("There is nothing to record: no amount above zero was stated, or nothing is owed any more.")


def take_payment(
    *,
    payable: Payable,
    method: Payment.Method,
    amount: Decimal,
    recorded_by: User,
    note: str,
    policy: GatewayPolicy,
    now: datetime,
    is_at_the_counter: bool = True,
) -> Payment:
    """
    Record cash or a transfer, after the live payment link was cancelled at the gateway.

    What remains owed after a part is asked for by a new invoice.

    :param payable: as the cashier saw it: what it owes must still be owed when the money is recorded
    :param is_at_the_counter: it is in the drawer of who records it, so it belongs to their open shift
    :raises NoAmountToTake: nothing was changed
    :raises MoreThanOwed: nothing was changed
    :raises ChangedMeanwhile: nothing was recorded
    :raises LinkStillLive: the gateway did not confirm that the link is dead; nothing was recorded
    :raises PaidOnline: the money had already come through the link, which is recorded instead
    """
    if amount <= 0:
        raise NoAmountToTake
    if amount > payable.amount_due:
        raise MoreThanOwed
    kill_live_links(payable, actor=f"user:{recorded_by.pk}", policy=policy, now=now)
    return _record_taking(payable, method, amount, recorded_by, note, now, is_at_the_counter=is_at_the_counter)


@transaction.atomic
def _record_taking(
    payable: Payable,
    method: Payment.Method,
    amount: Decimal,
    recorded_by: User,
    note: str,
    now: datetime,
    *,
    is_at_the_counter: bool,
) -> Payment:
    fresh = settle_as_seen(payable, amount=amount, actor=f"user:{recorded_by.pk}", now=now)
    document = document_of(fresh)
    payment = Payment.objects.create(
        merchant_id=fresh.merchant_id,
        customer_id=document.customer_id,
        invoice=None,
        bill=fresh if isinstance(fresh, Bill) else None,
        installment=fresh if isinstance(fresh, Installment) else None,
        method=method,
        currency=document.currency,
        amount=amount,
        applied_amount=amount,
        recorded_by=recorded_by,
        note=note,
        received_at=now,
    )
    _record_event(payment, recorded_by)
    if is_at_the_counter:
        enter_in_shift(payment=payment, user=recorded_by)
    owe_receipt_email(payment, payable=fresh, merchant=payable.merchant, now=now)
    give_receipt_number(payment, merchant=payable.merchant)
    return payment


def _record_event(payment: Payment, recorded_by: User) -> None:
    record_event(
        merchant_id=payment.merchant_id,
        subject=Event.Subject.PAYMENT,
        subject_id=payment.pk,
        name="received",
        actor=f"user:{recorded_by.pk}",
        amount=str(payment.amount),
        method=payment.method,
    )
