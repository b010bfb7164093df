"""
Sending invoices to the gateway: claim, call, record.

A claim is a lease in the database. Right before its call an invoice's lease is checked and renewed there, and the
call is written down as begun; so an invoice whose lease ran out either was never called for, and is simply sent
later, or may exist at the gateway, and is asked about before anything else.
"""

from __future__ import annotations

import secrets
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import date

from django.db import transaction
from django.db.models import F

from billing.clock import database_now
from billing.fields import UnreadableSecret
from invoices.gateway.client import GatewayClient
from invoices.gateway.errors import CipherError, CredentialsRefused
from invoices.gateway.invoices import GatewayInvoice
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.services.accounts import admit_calls, park_account
from invoices.services.gateways import client_for
from invoices.services.issuing import expiry
from invoices.services.orders import order_of
from invoices.services.outcomes import Call, record_outcome

Delivery = Invoice.Delivery


def push_due(*, account_id: int, policy: GatewayPolicy, seconds: float) -> int:
    """
    Send the account's due invoices, oldest first, several at once; how many calls that took.

    Stops taking on more after `seconds`; whatever is left stays due. Only this thread speaks to the database, the
    others only to the gateway.
    """
    try:
        account = GatewayAccount.objects.select_related("merchant").get(pk=account_id)
        client = client_for(account)
    except (CredentialsRefused, CipherError, UnreadableSecret) as problem:
        park_account(account_id, reason=str(problem), now=database_now())
        return 0
    ends_at = time.monotonic() + seconds
    limit = account.concurrency_limit or policy.concurrency
    under_way: dict[Future[GatewayInvoice], Call] = {}
    calls = 0
    with ThreadPoolExecutor(max_workers=limit) as callers:
        while True:
            if time.monotonic() < ends_at:
                for invoice in claim_due(account_id=account_id, limit=limit - len(under_way), policy=policy):
                    if call := begin_call(invoice, account=account, policy=policy):
                        under_way[callers.submit(_create, client, call)] = call
                        calls += 1
            if not under_way:
                return calls
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                record_outcome(under_way.pop(future), future, policy=policy, now=database_now())


@transaction.atomic
def claim_due(*, account_id: int, limit: int, policy: GatewayPolicy) -> list[Invoice]:
    """
    Lease up to `limit` due invoices, oldest first, as far as the account's cap and breaker allow.

    Beside another claim of the same account this one waits for it, so the cap holds.
    """
    now = database_now()
    due = Invoice.objects.live().filter(
        gateway_account_id=account_id,
        delivery=Delivery.NEW,
        next_attempt_at__lte=now,
        cancel_requested_at=None,
        merchant__is_active=True,
        gateway_account__replaced_at=None,
        currency=F("gateway_account__currency"),
    )
    if limit <= 0 or not due.exists():
        return []
    admitted = admit_calls(account_id=account_id, wanted=limit, policy=policy, now=now)
    if admitted == 0:
        return []
    ids = list(
        due.order_by("due_date", "id")
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("pk", flat=True)[:admitted]
    )
    lease_id = secrets.token_hex(16)
    Invoice.objects.filter(pk__in=ids).update(
        delivery=Delivery.SENDING,
        lease_id=lease_id,
        lease_until=now + policy.lease,
        call_started_at=None,
        attempts=F("attempts") + 1,
    )
    claimed = Invoice.objects.filter(pk__in=ids).select_related(
        "merchant", "customer", "bill", "installment__subscription"
    )
    return list(claimed.order_by("due_date", "id"))


def begin_call(invoice: Invoice, *, account: GatewayAccount, policy: GatewayPolicy) -> Call | None:
    """
    Renew the lease and write the call down, or None when the invoice is no longer ours to send.

    That is: another worker took it, it was cancelled, or what is left of its lease is less than a call may take.
    """
    # A process stopped anywhere after this line must not send when it wakes and its lease has run out meanwhile.
    give_up_at = time.monotonic() + (policy.lease - policy.deadline - policy.margin).total_seconds()
    now = database_now()
    today = invoice.merchant.local_date(now)
    _refresh_expiry(invoice, today)
    with transaction.atomic():
        is_ours = Invoice.objects.filter(
            pk=invoice.pk,
            status=Invoice.Status.OPEN,
            delivery=Delivery.SENDING,
            lease_id=invoice.lease_id,
            lease_until__gt=now + policy.deadline + policy.margin,
            cancel_requested_at=None,
        ).update(lease_until=now + policy.lease, call_started_at=now, expires_on=invoice.expires_on)
        if not is_ours:
            return None
        attempt = DeliveryAttempt.objects.create(
            merchant_id=invoice.merchant_id,
            invoice=invoice,
            gateway_account=account,
            action=DeliveryAttempt.Action.CREATE,
            channel=invoice.channel,
            started_at=now,
        )
    order = order_of(invoice, account=account)
    return Call(invoice=invoice, attempt=attempt, order=order, today=today, give_up_at=give_up_at)


def _refresh_expiry(invoice: Invoice, today: date) -> None:
    """The gateway wants a day ahead, and an invoice that waited long may have outlived its own."""
    if invoice.expires_on <= today:
        valid_days = invoice.merchant.link_valid_days
        invoice.expires_on = expiry(due_date=invoice.due_date, today=today, valid_days=valid_days)


def _create(client: GatewayClient, call: Call) -> GatewayInvoice:
    return client.create_invoice(call.order, today=call.today, give_up_at=call.give_up_at)
