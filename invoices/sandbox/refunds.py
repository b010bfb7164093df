"""Refunds: the gateway only takes the request down; a person decides later."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from invoices.sandbox.answers import invalid_fields, not_found
from invoices.sandbox.field_checks import check_amount_text
from invoices.sandbox.models import SandboxAccount, SandboxRefundRequest, SandboxTransaction


def request_refund(*, account: SandboxAccount, payload: dict[str, Any]) -> dict[str, Any]:
    """
    Write down that the merchant wants money of a successful transaction returned. No status changes.

    :param payload: `token` of the transaction, and `amount` (three decimals) unless it is the whole
    :raises Refusal: 404 for another's transaction, 422 for an amount over the transaction's
    :source: gateway.md, The rest of the merchant API; the field names are documented nowhere
    """
    transaction = _find_transaction(account, payload.get("token"))
    asked = SandboxRefundRequest.objects.create(
        transaction=transaction, amount=_amount_of(payload, transaction), payload=payload
    )
    return {"id": asked.pk, "token": transaction.token, "amount": str(asked.amount), "status": "REQUESTED"}


def _find_transaction(account: SandboxAccount, token: object) -> SandboxTransaction:
    found = SandboxTransaction.objects.filter(
        invoice__account=account,
        status=SandboxTransaction.Status.SUCCESSFUL,
        token=str(token).replace("\0", ""),
    ).first()
    if found is None:
        raise not_found("Transaction not found")
    return found


def _amount_of(payload: dict[str, Any], transaction: SandboxTransaction) -> Decimal:
    whole: Decimal = transaction.amount
    text = payload.get("amount")
    if text is None:
        return whole
    try:
        check_amount_text(text)
    except ValueError as error:
        raise invalid_fields({"amount": [str(error)]}) from None
    if Decimal(text) > whole:
        raise invalid_fields({"amount": ["is more than was paid"]})
    return Decimal(text)
