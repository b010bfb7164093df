"""What the gateway's answer about an invoice changes. Applied twice, or late, it changes nothing more."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from invoices.models import Enquiry, Invoice
from invoices.policy import GatewayPolicy
from invoices.services.cancelling import mark_cancelled
from invoices.services.enquiries.enquiry import Answer, store_enquiry
from invoices.services.expiry import EXPIRES_AFTER, is_past
from invoices.services.forgetting.afterwards import is_forgotten
from invoices.services.invoice_events import record_invoice_event
from invoices.services.payments import record_gateway_payment
from invoices.services.pushing.leases import WORKERS_LOST
from invoices.services.sent import next_poll_pause, sent_fields

logger = logging.getLogger(__name__)

Delivery = Invoice.Delivery
Finding = Enquiry.Finding
Status = Invoice.Status

MONEY_MAY_COME_WITHIN: Final = timedelta(days=2)


def apply_answer(
    *, invoice_id: int, answer: Answer, policy: GatewayPolicy, now: datetime, is_look: bool = False
) -> None:
    """
    Let an answer take effect, each finding in its own way.

    :param is_look: whether it was asked for in turn after an unknown outcome: only then an empty one counts
    """
    if answer.finding == Finding.PAID:
        _found(invoice_id, answer, now)
        record_gateway_payment(invoice_id=invoice_id, answer=answer, now=now)
        _forget_problem(invoice_id)
    elif answer.finding == Finding.UNPAID:
        _found(invoice_id, answer, now)
        _still_unpaid(invoice_id, policy, now)
        _forget_problem(invoice_id)
    elif answer.finding == Finding.CANCELLED:
        _cancelled_there(invoice_id, answer, policy, now)
        _forget_problem(invoice_id)
    elif answer.finding == Finding.CONTRADICTION:
        _contradicted(invoice_id, answer, policy, now)
    else:
        _not_found(invoice_id, answer, policy, now, is_look=is_look)


def _forget_problem(invoice_id: int) -> None:
    """The gateway has answered as it should. Why one was refused or parked stays to be read."""
    troubled = Invoice.objects.filter(pk=invoice_id).exclude(problem="")
    troubled.exclude(delivery__in=[Delivery.REJECTED, Delivery.PARKED]).update(problem="")


@transaction.atomic
def _found(invoice_id: int, answer: Answer, now: datetime) -> None:
    """An invoice we were unsure about exists: it is sent, whatever we believed, and nothing is sent again."""
    invoice = _locked(invoice_id)
    is_news = invoice.delivery in (Delivery.NEW, Delivery.UNKNOWN, Delivery.PARKED) or not invoice.gateway_id
    if invoice.delivery == Delivery.SENDING or answer.found is None or not is_news:
        return
    store_enquiry(invoice, answer, now=now)
    fields = sent_fields(answer.found, now=now)
    if is_forgotten(customer_id=invoice.customer_id):
        fields |= {"gateway_answer": None, "gateway_url": ""}  # as decision 38 has left it
    is_to_be_cancelled = invoice.cancel_requested_at is not None and invoice.status == Status.OPEN
    _update(invoice, delivery=Delivery.SENT, next_cancel_at=now if is_to_be_cancelled else None, **fields)
    record_invoice_event(invoice, "found_at_gateway", actor="gateway")


@transaction.atomic
def _still_unpaid(invoice_id: int, policy: GatewayPolicy, now: datetime) -> None:
    invoice = _locked(invoice_id)
    if invoice.status != Status.OPEN:
        _ask_late(invoice, policy, now)
    elif invoice.cancel_requested_at is not None:
        _cancel_again(invoice, policy, now)
    elif is_past(invoice, now=now):
        _expire(invoice, policy, now)
    else:
        _update(invoice, next_poll_at=now + next_poll_pause(now - invoice.created_at))


def _expire(invoice: Invoice, policy: GatewayPolicy, now: datetime) -> None:
    _update(invoice, status=Status.EXPIRED)
    _ask_late(invoice, policy, now)
    record_invoice_event(invoice, "expired", actor="gateway")


def _cancel_again(invoice: Invoice, policy: GatewayPolicy, now: datetime) -> None:
    """The cancellation has not worked yet. One that is due already is not put off by another question's answer."""
    if invoice.next_cancel_at is None or invoice.next_cancel_at > now:
        _update(invoice, next_cancel_at=now + policy.retry_base, next_poll_at=None)


def _ask_late(invoice: Invoice, policy: GatewayPolicy, now: datetime) -> None:
    """A payment begun before a link died may succeed after: ask for two days more, and no longer."""
    died_on = invoice.merchant.local_date(invoice.cancelled_at) if invoice.cancelled_at else invoice.expires_on
    is_recent = invoice.merchant.local_date(now) <= died_on + EXPIRES_AFTER + MONEY_MAY_COME_WITHIN
    is_recent = is_recent and invoice.status in (Status.EXPIRED, Status.CANCELLED)
    _update(invoice, next_poll_at=now + policy.retry_ceiling if is_recent else None)


@transaction.atomic
def _cancelled_there(invoice_id: int, answer: Answer, policy: GatewayPolicy, now: datetime) -> None:
    invoice = _locked(invoice_id)
    if invoice.status == Status.OPEN:
        store_enquiry(invoice, answer, now=now)
        if is_past(invoice, now=now) and invoice.cancel_requested_at is None:
            _expire(invoice, policy, now)
        else:
            mark_cancelled(invoice, actor="gateway", now=now)
    if invoice.status != Status.OPEN:
        _ask_late(invoice, policy, now)


@transaction.atomic
def _contradicted(invoice_id: int, answer: Answer, policy: GatewayPolicy, now: datetime) -> None:
    """The gateway's record differs from ours: a person has to look, and no money moves."""
    invoice = _locked(invoice_id)
    store_enquiry(invoice, answer, now=now)
    logger.error("invoice %s: %s", invoice.pk, answer.detail)
    changes: dict[str, Any] = {"problem": answer.detail, "next_look_at": None}
    if invoice.delivery == Delivery.UNKNOWN:
        changes["delivery"] = Delivery.PARKED
    is_open = invoice.status == Status.OPEN
    changes["next_poll_at"] = now + policy.retry_ceiling if is_open else None
    _update(invoice, **changes)
    record_invoice_event(invoice, "contradicted", actor="gateway")


@transaction.atomic
def _not_found(invoice_id: int, answer: Answer, policy: GatewayPolicy, now: datetime, *, is_look: bool) -> None:
    """Empty looks over some minutes, and only they, prove that a call of unknown outcome made no invoice."""
    invoice = _locked(invoice_id)
    if invoice.delivery != Delivery.UNKNOWN:
        _missing(invoice, policy, now)
        return
    if not is_look:
        return
    looks = invoice.looks + 1
    store_enquiry(invoice, answer, now=now)
    is_long_ago = invoice.unknown_since is None or now - invoice.unknown_since >= policy.looks_within
    if looks < policy.looks or not is_long_ago:
        _update(invoice, looks=looks, next_look_at=now + policy.look_pause)
        return
    is_dangerous = invoice.lost_leases >= policy.lost_leases
    _update(
        invoice,
        delivery=Delivery.PARKED if is_dangerous else Delivery.NEW,
        looks=0,
        next_look_at=None,
        unknown_since=None,
        next_attempt_at=now,
        problem=WORKERS_LOST if is_dangerous else "",
    )
    record_invoice_event(invoice, "never_reached_gateway", actor="gateway")
    if invoice.cancel_requested_at is not None:
        mark_cancelled(invoice, actor="system", now=now)


def _missing(invoice: Invoice, policy: GatewayPolicy, now: datetime) -> None:
    """The gateway confirmed this invoice once and does not know it now: said aloud, never sent again by itself."""
    if invoice.status != Status.OPEN:
        _ask_late(invoice, policy, now)
        return
    if invoice.delivery != Delivery.SENT:
        return
    logger.error("invoice %s: the gateway does not know an invoice it has confirmed", invoice.pk)
    later = now + policy.retry_ceiling
    _update(
        invoice,
        problem="the gateway does not know this invoice any more",
        next_poll_at=later if invoice.next_poll_at else None,
        next_cancel_at=later if invoice.next_cancel_at else None,
    )


def _locked(invoice_id: int) -> Invoice:
    return (
        Invoice.objects.select_for_update(of=("self",)).select_related("merchant", "gateway_account").get(pk=invoice_id)
    )


def _update(invoice: Invoice, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(invoice, name, value)
    invoice.save(update_fields=list(changes))
