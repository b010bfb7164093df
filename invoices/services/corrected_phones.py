"""
The customer has another phone number: what was sent to the old one is worth nothing from now on.

Whoever has the old phone holds links to the customer's bills, payments and receipts. All of them are revoked, and what
is open is asked for anew at the right phone.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import F

from billing.models import Bill, Customer, User, WrongRecipient
from billing.retries import retry_given_up
from billing.services.phone_numbers import move_to_phone
from billing.services.wrong_recipients import lock_customer, resolve_wrong_recipient
from invoices.models import Invoice
from invoices.services.cancelling import request_cancel
from invoices.services.customer_documents import lock_documents
from subscriptions.models import Installment


def correct_phone(*, merchant_id: int, customer_id: int, phone: str, user: User, now: datetime) -> Customer:
    """
    Move the customer to this phone, with messages going on and an open report resolved.

    Live invoices, also those just being made, are cancelled at the gateway first and then follow to the new phone, as
    after every change. In one transaction, done again where the database gave it up: imports lock customers in the
    order of their numbers.

    :param phone: as the API takes it, `07xxxxxxxx`
    :raises InvalidPhone: :raises SamePhone: :raises PhoneTaken: nothing was changed
    """
    return retry_given_up(partial(_correct, merchant_id, customer_id, phone, user, now))


@transaction.atomic
def _correct(merchant_id: int, customer_id: int, phone: str, user: User, now: datetime) -> Customer:
    actor = f"user:{user.pk}"
    lock_customer(merchant_id=merchant_id, customer_id=customer_id)  # before their invoices, as everywhere
    lock_documents(merchant_id=merchant_id, customer_ids=[customer_id])
    replace_live_invoices(merchant_id, customer_id, actor, now)
    revoke_links(merchant_id, customer_id)
    customer = move_to_phone(merchant_id=merchant_id, customer_id=customer_id, phone=phone, actor=actor, now=now)
    report = customer.wrong_recipients.filter(resolved_at=None).first()
    if report is not None:
        resolve_wrong_recipient(report=report, resolution=WrongRecipient.Resolution.CORRECTED, user=user, now=now)
    return customer


def replace_live_invoices(merchant_id: int, customer_id: int, actor: str, now: datetime) -> None:
    """Have the customer's live invoices cancelled at the gateway, each to be followed by a new one."""
    live = Invoice.objects.live().filter(merchant=merchant_id, customer=customer_id, cancel_requested_at=None)
    for invoice in live.select_for_update(of=("self",)).order_by("pk"):
        request_cancel(invoice, reason=Invoice.CancelReason.REPLACED, renew=True, actor=actor, now=now)


def revoke_links(merchant_id: int, customer_id: int) -> None:
    """Of everything, paid and cancelled too: those pages name the customer as well."""
    raised = F("link_version") + 1
    Bill.objects.filter(merchant=merchant_id, customer=customer_id).update(link_version=raised)
    installments = Installment.objects.filter(merchant=merchant_id, subscription__customer=customer_id)
    installments.update(link_version=raised)
