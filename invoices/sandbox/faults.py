"""Switching faults on and off, and taking one for a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from invoices.sandbox.models import (
    AppliesTo,
    FaultKind,
    Operation,
    SandboxAccount,
    SandboxFault,
)
from invoices.sandbox.models.fault import PAYMENT_KINDS


@dataclass(frozen=True, kw_only=True)
class TakenFault:
    """What one call suffers, as plain values: the row may be gone before a long fault ends."""

    kind: FaultKind
    seconds: int | None
    carries_out_the_call: bool


@transaction.atomic
def switch_on(
    *,
    kind: FaultKind,
    account: SandboxAccount | None = None,
    applies_to: AppliesTo | None = None,
    count: int | None = None,
    seconds: int | None = None,
    accepts: bool | None = None,
) -> SandboxFault:
    """
    Spoil the next `count` calls, or all of them until switched off.

    The same kind for the same calls is replaced; different kinds queue up, oldest first.

    :param applies_to: by default what the kind is about: mostly creating an invoice
    :param seconds: how long the fault lasts (at most 120), or what Retry-After says
    :param accepts: carry the call out or not, against the kind's habit
    """
    applies_to = applies_to or kind.usually_applies_to
    SandboxFault.objects.filter(kind=kind, account=account, applies_to=applies_to).delete()
    return SandboxFault.objects.create(
        kind=kind, account=account, applies_to=applies_to, remaining=count, seconds=seconds, accepts=accepts
    )


def switch_off(*, fault_id: int) -> None:
    SandboxFault.objects.filter(pk=fault_id).delete()


def switch_all_off() -> None:
    SandboxFault.objects.all().delete()


def take_fault(*, account: SandboxAccount, operation: Operation) -> TakenFault | None:
    """
    The fault this call has to suffer, if any. Calls at once never take a counted one too often.
    """
    impossible = PAYMENT_KINDS if operation == Operation.ENQUIRE else PAYMENT_KINDS | {FaultKind.NOTHING_FOUND}
    switched_on = SandboxFault.objects.switched_on().of(account).exclude(kind__in=impossible)
    for fault in switched_on.filter(applies_to__in=[operation.value, AppliesTo.ALL]):
        if _take(fault):
            return TakenFault(
                kind=FaultKind(fault.kind),
                seconds=fault.seconds,
                carries_out_the_call=fault.carries_out_the_call,
            )
    return None


def take_payment_fault(*, account: SandboxAccount, kind: FaultKind) -> bool:
    """Whether this payment has to suffer this fault; several may come together."""
    return any(_take(fault) for fault in SandboxFault.objects.switched_on().of(account).filter(kind=kind))


def _take(fault: SandboxFault) -> bool:
    return fault.remaining is None or SandboxFault.objects.filter(pk=fault.pk).take_one()


def list_faults() -> list[dict[str, Any]]:
    """Those switched on and not used up, in the order they will be taken."""
    return [
        {
            "id": fault.pk,
            "fault": fault.kind,
            "account": fault.account.access_code if fault.account else None,
            "applies_to": fault.applies_to,
            "remaining": fault.remaining,
            "seconds": fault.seconds,
            "accepts": fault.carries_out_the_call,
        }
        for fault in SandboxFault.objects.switched_on().select_related("account")
    ]
