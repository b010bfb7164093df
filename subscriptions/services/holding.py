"""Held installments that are waived, and customers who promised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event
from billing.money import ZERO
from billing.services import record_event
from billing.services.bill_changes import PromiseHasPassed
from billing.services.deciding_alone import decide_alone, lock_customers
from billing.services.events import Line, record_lines
from subscriptions.models import Installment, Subscription
from subscriptions.services.settle import complete_if_settled


class InstallmentNotOwed(DomainError):
    code = "INSTALLMENT_NOT_OWED"
    message = gettext_noop("Nothing is owed for this installment any more, so there is nothing to promise.")


@transaction.atomic
def skip_held(
    *,
    merchant_id: int,
    installment_ids: Iterable[int],
    actor: str,
    now: datetime,
    reason: str = "",
    is_alone: bool = False,
) -> int:
    """
    Waive held installments; how many of these it was. Ids of another merchant are passed over.

    Those of a plan with a total are passed over too: it stays owed. Twice at once is harmless: the second finds none.

    :param is_alone: a person does it whom nobody has approved
    :raises MoreThanAlone: somebody has to
    """
    ids = list(installment_ids)
    plans = Subscription.objects.filter(
        merchant_id=merchant_id, pk__in=_plan_ids(ids), type=Subscription.Type.OPEN_ENDED
    )
    if is_alone:
        lock_customers(merchant_id=merchant_id, ids=plans.values("customer"))
    locked = list(plans.select_related("merchant").order_by("pk").select_for_update(of=("self",)))
    held = [row for row in _held(merchant_id, ids) if row.subscription_id in {plan.pk for plan in locked}]
    if is_alone:
        _decide_alone(locked, held, actor, now)
    skipped = Installment.Status.SKIPPED
    Installment.objects.untouched().filter(pk__in=[row.pk for row in held]).update(status=skipped, hold="")
    _record_skipped(held, actor, reason, now)
    for plan in locked:
        complete_if_settled(plan, actor=actor, now=now)
    return len(held)


@transaction.atomic
def promise_installment(
    *, merchant_id: int, installment_id: int, until: date | None, actor: str, now: datetime
) -> Installment:
    """
    The customer has promised to pay by this day: no reminder goes out until it has passed. None: no promise.

    :raises InstallmentNotOwed:
    :raises PromiseHasPassed:
    """
    rows = Installment.objects.select_related("merchant").select_for_update(of=("self",))
    installment = rows.get(merchant_id=merchant_id, pk=installment_id)
    if installment.amount_due <= 0:
        raise InstallmentNotOwed
    if until is not None and until < installment.merchant.local_date(now):
        raise PromiseHasPassed
    installment.promised_until = until
    installment.save(update_fields=["promised_until"])
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.INSTALLMENT,
        subject_id=installment.pk,
        name="promised" if until else "promise_dropped",
        actor=actor,
        **({"until": until.isoformat()} if until else {}),
    )
    return installment


def _plan_ids(installment_ids: Sequence[int]) -> list[int]:
    rows = Installment.objects.filter(pk__in=installment_ids)
    return list(rows.values_list("subscription_id", flat=True))


def _held(merchant_id: int, ids: Sequence[int]) -> list[Installment]:
    """Locked, in the order everybody locks them in."""
    rows = Installment.objects.untouched().filter(merchant_id=merchant_id, pk__in=ids).exclude(hold="")
    return list(rows.order_by("subscription_id", "sequence").select_for_update())


def _decide_alone(plans: Iterable[Subscription], held: Sequence[Installment], actor: str, now: datetime) -> None:
    for plan in plans:
        decide_alone(
            merchant=plan.merchant,
            customer_id=plan.customer_id,
            amount=sum((row.amount for row in held if row.subscription_id == plan.pk), ZERO),
            what=plan.subscription_no,
            actor=actor,
            now=now,
        )


def _record_skipped(rows: Iterable[Installment], actor: str, reason: str, now: datetime) -> None:
    why = {"reason": reason} if reason else {}
    lines = [
        Line(row.merchant_id, row.pk, {"due_date": row.due_date.isoformat(), "amount": str(row.amount), **why})
        for row in rows
    ]
    record_lines(lines, subject=Event.Subject.INSTALLMENT, name="skipped", actor=actor, now=now)
