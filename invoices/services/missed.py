"""Missed periods: what issuing would do with them, and what a person decides about those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from billing.chunks import in_chunks
from billing.models import Merchant
from billing.money import ZERO
from invoices.services.accounts import usable_account
from invoices.services.generation.catching_up import sort_out
from invoices.services.generation.due_rows import Place, due_installments
from invoices.services.generation.invoice_rows import Issue, insert_invoices
from invoices.services.issuing import CHUNK, take_invoice_numbers
from subscriptions.models import Installment, Subscription
from subscriptions.models.installment import InstallmentQuerySet


@dataclass(frozen=True, kw_only=True)
class IssueRehearsal:
    """
    What issuing would do with a merchant's installments now: how many, over how much in all, and the others.

    `is_whole` unless there are more than were looked at.
    """

    issued: int = 0
    amount: Decimal = ZERO
    held: int = 0
    skipped: int = 0
    is_whole: bool = True


def rehearse_issue(
    *, merchant: Merchant, now: datetime, as_of: date | None = None, most: int | None = None
) -> IssueRehearsal:
    """
    The same decisions as `issue_due` makes over installments, with nothing changed.

    :param as_of: the day to count due dates from, in place of the merchant's own today
    :param most: look at no more installments than about so many
    """
    today = as_of or merchant.local_date(now)
    until = today + timedelta(days=merchant.issue_days_ahead)
    issued, amount, place, looked_at = 0, ZERO, Place(), 0
    judged, held, skipped = set[int](), set[int](), set[int]()
    while (is_whole := most is None or looked_at < most) and (
        chunk := due_installments(merchant, until=until, after=place, limit=CHUNK, is_rehearsal=True)
    ).by_subscription:
        ids, verdict = sort_out(merchant, chunk.by_subscription, today=today, until=until, now=now, is_rehearsal=True)
        # A plan whose due dates lie in several chunks is judged, alike, in each of them.
        new = set(ids) - judged
        judged |= set(verdict.issue)
        held |= {each for held_ids in verdict.hold.values() for each in held_ids}
        skipped |= set(verdict.skip)
        issued += len(new)
        amount += sum(map(_amount_of, in_chunks(list(new))), ZERO)
        place, looked_at = chunk.place, looked_at + CHUNK
    return IssueRehearsal(issued=issued, amount=amount, held=len(held), skipped=len(skipped), is_whole=is_whole)


def held_installments(merchant: Merchant) -> InstallmentQuerySet:
    """What waits for a person: due, scheduled, and not invoiced by itself."""
    return merchant.installments.filter(status=Installment.Status.SCHEDULED).exclude(hold="")


def approve_held(*, merchant_id: int, installment_ids: Sequence[int], actor: str, now: datetime) -> int:
    """
    Invoice held installments of active plans because a person says so; how many that made.

    In chunks of their own transactions, oldest first: repeated after dying half way, it goes on where it was. One
    that was invoiced, skipped or cancelled meanwhile is passed over.
    """
    merchant = Merchant.objects.get(pk=merchant_id)
    held = held_installments(merchant).values_list("due_date", "pk")
    found = sorted(row for some in in_chunks(installment_ids) for row in held.filter(pk__in=some))
    ids = [installment_id for _, installment_id in found]
    return sum(_approve(merchant, chunk, actor=actor, now=now) for chunk in in_chunks(ids, CHUNK))


def _amount_of(installment_ids: Sequence[int]) -> Decimal:
    return Installment.objects.filter(pk__in=installment_ids).aggregate(sum=Sum("amount"))["sum"] or ZERO


def _approve(merchant: Merchant, ids: Sequence[int], *, actor: str, now: datetime) -> int:
    account = usable_account(merchant)
    issue = Issue(
        merchant=merchant,
        account_id=account.pk if account else None,
        numbers=take_invoice_numbers(merchant, now=now, count=len(ids)),
        today=merchant.local_date(now),
        now=now,
        actor=actor,
    )
    with transaction.atomic():
        plans = Subscription.objects.filter(merchant=merchant, installments__in=ids, status=Subscription.Status.ACTIVE)
        active = set(plans.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
        rows = Installment.objects.filter(pk__in=ids, subscription__in=active).exclude(hold="")
        approved = rows.order_by("subscription_id", "sequence").select_for_update(of=("self",))
        return len(insert_invoices("installment", list(approved.values_list("pk", flat=True)), issue))
