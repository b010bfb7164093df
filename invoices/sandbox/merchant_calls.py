"""The frame of every merchant call: authenticate, write the call down, take a fault, do it, answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from invoices.sandbox.answers import Answer, Refusal
from invoices.sandbox.faults import TakenFault, take_fault
from invoices.sandbox.models import Operation, SandboxAccount, SandboxCall
from invoices.sandbox.spoiled_answers import Spoiling, spoil
from invoices.sandbox.wire import authenticate, read_sealed


@dataclass(frozen=True, kw_only=True)
class MerchantCall:
    """An authenticated, deciphered call."""

    request: HttpRequest
    account: SandboxAccount
    payload: dict[str, Any]
    now: datetime

    @property
    def reference(self) -> str:
        named = self.payload.get("referenceNumber") or self.request.GET.get("search") or ""
        return str(named).replace("\0", "")[:200]


Handler = Callable[[MerchantCall], Answer]


def answer_merchant(
    request: HttpRequest, handle: Handler, *, operation: Operation, is_sealed: bool = True
) -> HttpResponseBase:
    """
    :param handle: does what was asked and answers, or raises Refusal
    :param is_sealed: whether the call carries an encrypted part; the payment gateway's do not
    """
    log = SandboxCall(operation=operation, method=request.method or "", path=request.path[:500])
    try:
        account = log.account = authenticate(request)
        payload = read_sealed(account, request) if is_sealed else {}
    except Refusal as refusal:
        log.outcome = str(refusal.answer.status)
        log.save()
        # Neither of the two refusals is encrypted, so any account will do.
        return refusal.answer.response_for(SandboxAccount())
    call = MerchantCall(request=request, account=account, payload=payload, now=timezone.now())
    return _answer_logged(call, handle, log, operation)


def _answer_logged(call: MerchantCall, handle: Handler, log: SandboxCall, operation: Operation) -> HttpResponseBase:
    fault = take_fault(account=call.account, operation=operation)
    log.reference = call.reference
    log.fault = fault.kind if fault else ""
    log.save()
    answer = _carry_out(call, handle, fault)
    # Before a fault that lasts: the log must not wait for it.
    SandboxCall.objects.filter(pk=log.pk).update(outcome=_outcome_of(answer, fault))
    if fault is None:
        return answer.response_for(call.account)
    return spoil(Spoiling(request=call.request, account=call.account, answer=answer, fault=fault))


def _carry_out(call: MerchantCall, handle: Handler, fault: TakenFault | None) -> Answer:
    if fault and not fault.carries_out_the_call:
        return Answer(envelope={"status": False, "message": "Refused"}, status=500)
    try:
        return handle(call)
    except Refusal as refusal:
        return refusal.answer


def _outcome_of(answer: Answer, fault: TakenFault | None) -> str:
    if fault and not fault.carries_out_the_call:
        return "not carried out"
    return str(answer.status) + (" spoiled" if fault else "")
