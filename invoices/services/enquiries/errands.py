"""
Errands to the gateway about invoices it has, or may have: look, poll, cancel.

Each is a due time on the invoice. Claiming an errand moves that time past the longest errand, so two workers do not
run it together, and one that dies leaves it to the next sweep.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from billing.clock import database_now
from invoices.gateway.client import GatewayClient, GatewayInvoice
from invoices.gateway.codes import InvoiceStatus
from invoices.gateway.errors import (
    CipherError,
    CredentialsRefused,
    GatewayError,
    OutcomeUnknown,
    Rejected,
    ReplyInvalid,
)
from invoices.models import Enquiry, GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.services import accounts
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.control_question import check_search_finds
from invoices.services.enquiries.enquiry import Answer, ask
from invoices.services.expiry import is_past
from invoices.services.gateways import client_for
from invoices.services.pushing.admission import admit_question

logger = logging.getLogger(__name__)

# A batch ends well before the task's own limit, also when the gateway takes its time.
SECONDS: Final = 40.0
OWN_ERROR: Final = "An error of our own. It is tried again by itself; if it stays, tell whoever runs the system."


@dataclass(frozen=True, kw_only=True)
class Errand:
    """`due` names the invoice's column with its due time, `which` says whose turn it is, `run` goes there and asks."""

    due: str
    which: Q
    run: Callable[[GatewayClient, Invoice], Answer]


def _look(client: GatewayClient, invoice: Invoice) -> Answer:
    answer = ask(client, invoice)
    if answer.finding == Enquiry.Finding.NOT_FOUND and invoice.delivery == Invoice.Delivery.UNKNOWN:
        check_search_finds(client, invoice)
    _cancel_doubles(client, answer)
    return answer


def _cancel_doubles(client: GatewayClient, answer: Answer) -> None:
    """One reference, two invoices: the customer must not be able to pay both. Failing here leaves it UNKNOWN."""
    for double in answer.alive:
        if double is not answer.found:
            logger.error("reference %s exists twice at the gateway", answer.reference)
            _cancel_double(client, double)


def _cancel_double(client: GatewayClient, double: GatewayInvoice) -> None:
    """One that is paid, or is just being paid, cannot be: its payment is found under the same reference."""
    if double.status != InvoiceStatus.PAID:
        try:
            client.cancel_invoice(double.token)
        except Rejected as refusal:
            if isinstance(refusal, CredentialsRefused):
                raise


def _cancel(client: GatewayClient, invoice: Invoice) -> Answer:
    """Cancel, then ask, whatever the answer to the first was: the money may have arrived meanwhile."""
    try:
        client.cancel_invoice(invoice.gateway_token)
    except (Rejected, OutcomeUnknown) as refusal:
        if isinstance(refusal, CredentialsRefused):
            raise
    return ask(client, invoice)


def _poll(client: GatewayClient, invoice: Invoice) -> Answer:
    """One past its last day is cancelled with the asking: its successor must not be payable beside it."""
    is_over = invoice.status == Invoice.Status.OPEN and is_past(invoice, now=database_now())
    return _cancel(client, invoice) if is_over else ask(client, invoice)


LOOK = Errand(
    due="next_look_at",
    which=Q(delivery=Invoice.Delivery.UNKNOWN, status=Invoice.Status.OPEN, gateway_account__can_enquire=True),
    run=_look,
)
POLL = Errand(
    due="next_poll_at",
    which=Q(delivery=Invoice.Delivery.SENT, gateway_account__can_enquire=True),
    run=_poll,
)
CANCEL = Errand(
    due="next_cancel_at",
    which=Q(delivery=Invoice.Delivery.SENT, status=Invoice.Status.OPEN, cancel_requested_at__isnull=False),
    run=_cancel,
)
ERRANDS = {"look": LOOK, "poll": POLL, "cancel": CANCEL}


def due_accounts(errand: Errand, *, now: datetime) -> list[int]:
    """The accounts that have this errand to run."""
    due = Invoice.objects.filter(errand.which, gateway_account__parked_at=None, **{f"{errand.due}__lte": now})
    return list(due.order_by().values_list("gateway_account_id", flat=True).distinct())


def run_errands(errand: Errand, *, account_id: int, policy: GatewayPolicy) -> int:
    """Run the account's due errands of one kind, a batch of them; how many that were."""
    try:
        client = client_for(GatewayAccount.objects.get(pk=account_id))
    except (CredentialsRefused, CipherError) as problem:
        accounts.note_failed_call(account_id, problem, policy=policy, now=database_now())
        return 0
    ends_at = time.monotonic() + SECONDS
    count = 0
    while time.monotonic() < ends_at:
        claimed = _claim(errand, account_id=account_id, policy=policy)
        if claimed is None or not _run_in_turn(errand, claimed, client=client, policy=policy):
            break
        count += 1
    return count


def _run_in_turn(errand: Errand, invoice: Invoice, *, client: GatewayClient, policy: GatewayPolicy) -> bool:
    try:
        return run_errand(errand, invoice, client=client, policy=policy, is_in_turn=True)
    except Exception:  # one invoice's trouble is not another's; it is due again when its claim runs out
        logger.exception("invoice %s: an errand failed inside our own code", invoice.pk)
        Invoice.objects.filter(pk=invoice.pk).update(problem=OWN_ERROR)
        return True


def run_errand(
    errand: Errand, invoice: Invoice, *, client: GatewayClient, policy: GatewayPolicy, is_in_turn: bool = False
) -> bool:
    """
    One errand for one invoice; False when the gateway gave no believable answer.

    :param is_in_turn: whether it was due; a look out of turn proves nothing when it is empty
    """
    assert invoice.gateway_account_id is not None
    try:
        answer = errand.run(client, invoice)
    except GatewayError as failure:
        _put_off(errand, invoice, failure, policy=policy)
        return False
    now = database_now()
    accounts.note_answers([invoice.gateway_account_id], now=now)
    apply_answer(invoice_id=invoice.pk, answer=answer, policy=policy, now=now, is_look=errand is LOOK and is_in_turn)
    return True


@transaction.atomic
def _claim(errand: Errand, *, account_id: int, policy: GatewayPolicy) -> Invoice | None:
    """The errand's next invoice, if the account may be called; one at a time, so that none waits claimed."""
    now = database_now()
    due = Invoice.objects.filter(errand.which, gateway_account_id=account_id, **{f"{errand.due}__lte": now})
    if not due.exists() or not admit_question(account_id=account_id, policy=policy, now=now):
        return None
    first = (
        due.order_by(errand.due)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("bill", "installment", "merchant", "gateway_account")
        .first()
    )
    if first is not None:
        Invoice.objects.filter(pk=first.pk).update(**{errand.due: now + policy.lease})
    return first


def _put_off(errand: Errand, invoice: Invoice, failure: GatewayError, *, policy: GatewayPolicy) -> None:
    account_id = invoice.gateway_account_id
    assert account_id is not None
    later = accounts.note_failed_call(account_id, failure, policy=policy, now=database_now())
    if isinstance(failure, ReplyInvalid):
        logger.error("invoice %s: the gateway's answer cannot be believed: %s", invoice.pk, failure)
    Invoice.objects.filter(pk=invoice.pk, **{f"{errand.due}__isnull": False}).update(
        **{errand.due: later, "problem": str(failure)[:500]}
    )
