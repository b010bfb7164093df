"""Asking the gateway about one invoice because a person wants to know now."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from invoices.gateway.errors import GatewayError
from invoices.models import GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.services.awaited_calls import admit_awaited, awaited_client
from invoices.services.callbacks.keeping import ASKED_AT_MOST_EVERY
from invoices.services.enquiries.errands import LOOK, POLL, run_errand

_TO_BE_FOUND = (Invoice.Delivery.UNKNOWN, Invoice.Delivery.PARKED)


class CannotAsk(DomainError):
    code = "CANNOT_ASK"
    message = gettext_noop(
        "The gateway cannot be asked about this invoice: it was never sent, or its account cannot be called."
    )


class AskedJustNow(DomainError):
    code = "ASKED_JUST_NOW"
    message = gettext_noop("The gateway was asked about this invoice a moment ago. Try again in a minute.")


class NoBelievableAnswer(DomainError):
    code = "NO_BELIEVABLE_ANSWER"
    message = gettext_noop(
        "The gateway gave no answer that can be believed. Nothing was changed; it is asked again by itself."
    )


def ask_now(*, merchant_id: int, invoice_id: int, policy: GatewayPolicy, now: datetime) -> Invoice:
    """
    Ask, and let the answer take effect as any sweep's would; the invoice afterwards.

    Asking twice at once is harmless, and more than once a minute is refused.

    :raises CannotAsk: :raises KeysUnreadable: :raises AccountIsParked: :raises GatewayLeftAlone:
    :raises AskedJustNow: :raises NoBelievableAnswer:
    """
    invoice = Invoice.objects.select_related("bill", "installment", "merchant", "gateway_account").get(
        merchant_id=merchant_id, pk=invoice_id
    )
    account = _take_turn(invoice, policy, now)
    try:
        client = awaited_client(account, policy=policy)
    except GatewayError as problem:
        raise CannotAsk from problem
    errand = LOOK if invoice.delivery in _TO_BE_FOUND else POLL
    if not run_errand(errand, invoice, client=client, policy=policy):
        raise NoBelievableAnswer
    invoice.refresh_from_db()
    return invoice


@transaction.atomic
def _take_turn(invoice: Invoice, policy: GatewayPolicy, now: datetime) -> GatewayAccount:
    account = invoice.gateway_account
    is_out = invoice.delivery == Invoice.Delivery.SENT or invoice.delivery in _TO_BE_FOUND
    if account is None or not is_out or not account.can_enquire:
        raise CannotAsk
    admit_awaited(account, policy=policy, now=now)
    free = Invoice.objects.filter(pk=invoice.pk).exclude(last_asked_at__gt=now - ASKED_AT_MOST_EVERY)
    if not free.update(last_asked_at=now):
        raise AskedJustNow
    return account
