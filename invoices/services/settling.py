"""Settling a bill or installment by something else than its payment link, which is cancelled at the gateway first."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from invoices.gateway.errors import GatewayError
from invoices.models import Invoice
from invoices.policy import GatewayPolicy
from invoices.services.awaited_calls import GatewayLeftAlone, admit_awaited, awaited_client
from invoices.services.cancelling import request_cancel
from invoices.services.enquiries.errands import CANCEL, run_errand
from invoices.services.payables import Payable, invoices_of, lock_payable, settle_payable

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
    message = gettext_noop(
        "The customer has just paid through the link, so nothing else was recorded. Do not take the money."
    )


def kill_live_links(payable: Payable, *, actor: str, policy: GatewayPolicy, now: datetime) -> None:
    """
    Outside any transaction: the gateway is asked.

    :raises KeysUnreadable: it cannot be asked before somebody enters the account's keys again
    :raises AccountIsParked: likewise, before the gateway accepts the account again
    :raises LinkStillLive: the gateway did not confirm that the link is dead, or is left alone just now
    :raises PaidOnline: the money had already come through the link, which is recorded
    """
    for invoice_id in list(invoices_of(payable).live().values_list("pk", flat=True)):
        invoice = _request(invoice_id, actor, now)
        if invoice.status == Invoice.Status.OPEN and invoice.delivery == Invoice.Delivery.SENT:
            _cancel_at_once(invoice, policy, now)
            invoice.refresh_from_db()
        if invoice.status == Invoice.Status.PAID:
            raise PaidOnline
        if invoice.status == Invoice.Status.OPEN:
            raise LinkStillLive


def settle_as_seen(payable: Payable, *, amount: Decimal, actor: str, now: datetime) -> Payable:
    """
    In the caller's transaction: settle it, locked, if it owes what it owed when it was looked at.

    What remains owed after a part is asked for by a new invoice.

    :return: the same, fresh, as it was before
    :raises LinkStillLive: :raises ChangedMeanwhile:
    """
    last_invoice = invoices_of(payable).select_for_update().order_by("issue_no").last()
    fresh = lock_payable(payable)
    if invoices_of(payable).live().exists():
        raise LinkStillLive
    if fresh.amount_due != payable.amount_due:
        raise ChangedMeanwhile
    settle_payable(fresh, amount=amount, actor=actor, now=now)
    if last_invoice and amount < fresh.amount_due:
        last_invoice.renew_when_cancelled = True
        last_invoice.save(update_fields=["renew_when_cancelled"])
    return fresh


@transaction.atomic
def _request(invoice_id: int, actor: str, now: datetime) -> Invoice:
    invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("gateway_account", "merchant", "bill", "installment")
        .get(pk=invoice_id)
    )
    if invoice.status == Invoice.Status.OPEN:
        # Should it not be settled after all, a new link follows.
        request_cancel(invoice, reason=Reason.PAID_OTHERWISE, actor=actor, now=now, renew=True)
    return invoice


def _cancel_at_once(invoice: Invoice, policy: GatewayPolicy, now: datetime) -> None:
    """Where it does not work the sweep goes on trying."""
    assert invoice.gateway_account is not None
    try:
        with transaction.atomic():
            admit_awaited(invoice.gateway_account, policy=policy, now=now)
        client = awaited_client(invoice.gateway_account, policy=policy)
    except (GatewayLeftAlone, GatewayError) as failure:
        raise LinkStillLive from failure
    run_errand(CANCEL, invoice, client=client, policy=policy)
