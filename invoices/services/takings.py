"""Money that staff take: cash and transfers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, Event, User
from billing.services import record_event
from invoices.gateway.errors import CipherError, GatewayError
from invoices.models import Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.services.cancelling import request_cancel
from invoices.services.enquiries.errands import CANCEL, run_errand
from invoices.services.gateways import client_for
from invoices.services.payables import Payable, invoices_of, lock_payable, settle_payable
from invoices.services.receipt_emails.rows import owe_receipt_email
from invoices.services.receipts import give_receipt_number
from invoices.services.shifts import enter_in_shift
from subscriptions.models import Installment

Reason = Invoice.CancelReason


class MoreThanOwed(DomainError):
    code = "MORE_THAN_OWED"
    message = gettext_noop("This is more than is still owed. Take at most what is owed.")


class ChangedMeanwhile(DomainError):
    code = "CHANGED_MEANWHILE"
    message = gettext_noop("What is owed has changed meanwhile. Nothing was recorded: look again before taking money.")


class LinkStillLive(DomainError):
    code = "LINK_STILL_LIVE"
    message = gettext_noop(
        "The payment link could not be cancelled at the gateway just now, so the customer could pay twice. "
        "Nothing was recorded: try again in a minute."
    )


class PaidOnline(DomainError):
    code = "PAID_ONLINE"
    message = gettext_noop("The customer has just paid through the link. Do not take the money.")


def take_payment(
    *,
    payable: Payable,
    method: Payment.Method,
    amount: Decimal,
    recorded_by: User,
    note: str,
    policy: GatewayPolicy,
    now: datetime,
) -> Payment:
    """
    Record cash or a transfer, after the live payment link was cancelled at the gateway.

    What remains owed after a part is asked for by a new invoice.

    :param payable: as the cashier saw it: what it owes must still be owed when the money is recorded
    :raises MoreThanOwed: nothing was changed
    :raises ChangedMeanwhile: nothing was recorded
    :raises LinkStillLive: the gateway did not confirm that the link is dead; nothing was recorded
    :raises PaidOnline: the money had already come through the link, which is recorded instead
    """
    if amount > payable.amount_due:
        raise MoreThanOwed
    _kill_live_invoices(payable, actor=f"user:{recorded_by.pk}", policy=policy, now=now)
    return _record_taking(payable, method, amount, recorded_by, note, now)


def _kill_live_invoices(payable: Payable, *, actor: str, policy: GatewayPolicy, now: datetime) -> None:
    for invoice_id in list(invoices_of(payable).live().values_list("pk", flat=True)):
        invoice = _request(invoice_id, actor, now)
        if invoice.status == Invoice.Status.OPEN and invoice.delivery == Invoice.Delivery.SENT:
            _cancel_at_once(invoice, policy)
            invoice.refresh_from_db()
        if invoice.status == Invoice.Status.PAID:
            raise PaidOnline
        if invoice.status == Invoice.Status.OPEN:
            raise LinkStillLive


@transaction.atomic
def _request(invoice_id: int, actor: str, now: datetime) -> Invoice:
    invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("gateway_account", "merchant", "bill", "installment")
        .get(pk=invoice_id)
    )
    if invoice.status == Invoice.Status.OPEN:
        # Should the money not be recorded after all, a new link follows.
        request_cancel(invoice, reason=Reason.PAID_OTHERWISE, actor=actor, now=now, renew=True)
    return invoice


def _cancel_at_once(invoice: Invoice, policy: GatewayPolicy) -> None:
    assert invoice.gateway_account is not None
    try:
        run_errand(CANCEL, invoice, client=client_for(invoice.gateway_account), policy=policy)
    except (GatewayError, CipherError):
        return  # the sweep goes on trying; the caller sees the invoice still open


@transaction.atomic
def _record_taking(
    payable: Payable, method: Payment.Method, amount: Decimal, recorded_by: User, note: str, now: datetime
) -> Payment:
    last_invoice = invoices_of(payable).select_for_update().order_by("issue_no").last()
    fresh = lock_payable(payable)
    if invoices_of(payable).live().exists():
        raise LinkStillLive
    if fresh.amount_due != payable.amount_due:
        raise ChangedMeanwhile
    actor = f"user:{recorded_by.pk}"
    settle_payable(fresh, amount=amount, actor=actor, now=now)
    document = fresh if isinstance(fresh, Bill) else fresh.subscription
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
    record_event(
        merchant_id=fresh.merchant_id,
        subject=Event.Subject.PAYMENT,
        subject_id=payment.pk,
        name="received",
        actor=actor,
        amount=str(amount),
        method=method,
    )
    enter_in_shift(payment=payment, user=recorded_by)
    if last_invoice and amount < fresh.amount_due:
        last_invoice.renew_when_cancelled = True
        last_invoice.save(update_fields=["renew_when_cancelled"])
    owe_receipt_email(payment, payable=fresh, merchant=payable.merchant, now=now)
    give_receipt_number(payment, merchant=payable.merchant)
    return payment
