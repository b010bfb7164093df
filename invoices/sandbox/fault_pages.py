"""What the faults page shows, ready to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from invoices.sandbox.models import AppliesTo, FaultKind, SandboxAccount, SandboxCall, SandboxFault

LAST_CALLS: Final = 30


@dataclass(frozen=True, kw_only=True)
class FaultRow:
    id: int
    label: str
    account: str
    applies_to: str
    remaining: str
    seconds: str
    accepts: str


@dataclass(frozen=True, kw_only=True)
class CallRow:
    at: str
    account: str
    operation: str
    call: str
    reference: str
    fault: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class FaultPage:
    faults: Sequence[FaultRow]
    calls: Sequence[CallRow]
    wire_kinds: Sequence[FaultKind]
    payment_kinds: Sequence[FaultKind]
    scopes: Sequence[AppliesTo]
    accounts: Sequence[SandboxAccount]
    chosen: Mapping[str, Any]
    errors: Mapping[str, str]


def read_fault_page(*, chosen: Mapping[str, Any], errors: Mapping[str, str]) -> FaultPage:
    """
    :param chosen: what the form held when it was refused
    :param errors: what was wrong with it
    """
    switched_on = SandboxFault.objects.switched_on().select_related("account")
    calls = SandboxCall.objects.order_by("-pk").select_related("account")[:LAST_CALLS]
    return FaultPage(
        faults=[_fault_row(fault) for fault in switched_on],
        calls=[_call_row(call) for call in calls],
        wire_kinds=[kind for kind in FaultKind if not kind.is_about_payments],
        payment_kinds=[kind for kind in FaultKind if kind.is_about_payments],
        scopes=list(AppliesTo),
        accounts=list(SandboxAccount.objects.order_by("pk")),
        chosen=chosen,
        errors=errors,
    )


def _fault_row(fault: SandboxFault) -> FaultRow:
    return FaultRow(
        id=fault.pk,
        label=FaultKind(fault.kind).label,
        account=fault.account.merchant_code if fault.account else "all accounts",
        applies_to=AppliesTo(fault.applies_to).label,
        remaining="until switched off" if fault.remaining is None else f"{fault.remaining} left",
        seconds="" if fault.seconds is None else f"{fault.seconds} s",
        accepts="" if fault.accepts is None else ("carried out" if fault.accepts else "not carried out"),
    )


def _call_row(call: SandboxCall) -> CallRow:
    return CallRow(
        at=call.at.strftime("%H:%M:%S"),
        account=call.account.merchant_code if call.account else "unknown",
        operation=call.operation,
        call=f"{call.method} {call.path[max(call.path.find('api/'), 0) :]}",
        reference=call.reference,
        fault=FaultKind(call.fault).label if call.fault else "",
        outcome=call.outcome or "under way",
    )
