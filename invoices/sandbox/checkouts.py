"""A press of the pay page's buttons: the payment, the webhook, and where the customer goes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from invoices.sandbox.callbacks import return_address, webhook_address, webhook_body
from invoices.sandbox.faults import take_payment_fault
from invoices.sandbox.models import FaultKind, SandboxAccount, SandboxInvoice, SandboxTransaction
from invoices.sandbox.payments import NotPayable, decline_invoice, pay_invoice
from invoices.sandbox.webhooks import post_in_background

DUPLICATES = 3


def check_out_paying(*, token: str, now: datetime) -> str:
    """
    Pay, tell the merchant, and say where the customer goes: an address, or an empty text for nowhere.

    :raises NotPayable: then nobody is told anything
    """
    account = _account_of(token)
    stays_pending = take_payment_fault(account=account, kind=FaultKind.PAYMENT_PENDING)
    is_paid_twice = take_payment_fault(account=account, kind=FaultKind.PAID_TWICE)
    made = pay_invoice(token=token, now=now, times=2 if is_paid_twice else 1, stays_pending=stays_pending)
    return _tell_merchant(account, made)


def check_out_declining(*, token: str, now: datetime) -> str:
    """As paying, with a failed transaction."""
    return _tell_merchant(_account_of(token), [decline_invoice(token=token, now=now)])


def _account_of(token: str) -> SandboxAccount:
    invoice = SandboxInvoice.objects.select_related("account").filter(token=token).first()
    if invoice is None:
        raise NotPayable
    return invoice.account


def _tell_merchant(account: SandboxAccount, made: Sequence[SandboxTransaction]) -> str:
    address = webhook_address(made[0])
    if address and not take_payment_fault(account=account, kind=FaultKind.WEBHOOK_LOST):
        times = DUPLICATES if take_payment_fault(account=account, kind=FaultKind.CALLBACK_DUPLICATED) else 1
        bodies = [webhook_body(each) for each in made for _ in range(times)]
        transaction.on_commit(partial(post_in_background, address, bodies))
    if not account.return_url or take_payment_fault(account=account, kind=FaultKind.RETURN_LOST):
        return ""
    under_data = take_payment_fault(account=account, kind=FaultKind.FIELDS_UNDER_DATA)
    return return_address(made[0], fields_under_data=under_data)
