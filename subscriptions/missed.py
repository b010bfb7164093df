"""
What becomes of the payments that a plan has missed: which are asked for by themselves, and which wait for a person.

The one rule: issuing goes by it, and whoever makes a plan with passed dates is told what it will do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from billing.models import CatchUp, Merchant
from billing.money import ZERO
from subscriptions.models import Installment

INVOICES_A_DAY: Final = 3
Hold = Installment.Hold


@dataclass(frozen=True, kw_only=True)
class DueInstallment:
    """A scheduled installment whose time has come; `is_missed` once its day has passed."""

    id: int
    is_missed: bool


@dataclass
class Verdict:
    """Installment ids by what becomes of them."""

    issue: list[int] = field(default_factory=list)
    hold: dict[Installment.Hold, list[int]] = field(default_factory=lambda: defaultdict(list))
    skip: list[int] = field(default_factory=list)


def judge(
    due: Sequence[DueInstallment], *, catch_up: CatchUp, catch_up_after: int, has_an_end: bool, issued_today: int
) -> Verdict:
    """
    Decide over one plan's due installments, given oldest first. Pure.

    A plan with an end owes every one of its installments, so none is ever dropped: "only the latest" holds them.
    """
    verdict = Verdict()
    missed = [one for one in due if one.is_missed]
    candidates = list(due)
    if len(missed) > catch_up_after and catch_up != CatchUp.ISSUE_ALL:
        candidates = [one for one in due if not one.is_missed]
        if catch_up == CatchUp.LATEST and not has_an_end:
            if not candidates:
                candidates = [missed.pop()]
            verdict.skip = [one.id for one in missed]
        else:
            verdict.hold[Hold.CATCH_UP] = [one.id for one in missed]
    allowed = max(0, INVOICES_A_DAY - issued_today)
    verdict.issue = [one.id for one in candidates[:allowed]]
    if braked := [one.id for one in candidates[allowed:]]:
        verdict.hold[Hold.BRAKE] = braked
    return verdict


@dataclass(frozen=True, kw_only=True)
class Part:
    """So many payments, and their sum."""

    count: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What becomes of what is due of a plan, where some of it has passed: each part only where there is any."""

    asked: Part | None = None
    waiting: Part | None = None
    braked: Part | None = None
    dropped: Part | None = None
    is_by_itself: bool = True


def outlook_of(
    dues: Iterable[tuple[date, Decimal]],
    *,
    merchant: Merchant,
    has_an_end: bool,
    is_by_itself: bool,
    today: date,
    issued_today: int = 0,
) -> Outlook | None:
    """
    What the next pass will do with a plan's payments that are not asked for yet; None where none of them has passed.

    :param dues: day and amount of each, oldest first
    :param is_by_itself: whether the plan is asked for without a person
    """
    due = [each for each in dues if each[0] <= today + timedelta(days=merchant.issue_days_ahead)]
    if not any(day < today for day, _amount in due):
        return None
    if not is_by_itself:
        return Outlook(is_by_itself=False)
    verdict = judge(
        [DueInstallment(id=place, is_missed=day < today) for place, (day, _amount) in enumerate(due)],
        catch_up=CatchUp(merchant.catch_up),
        catch_up_after=merchant.catch_up_after,
        has_an_end=has_an_end,
        issued_today=issued_today,
    )
    amounts = [amount for _day, amount in due]
    return Outlook(
        asked=_part(verdict.issue, amounts),
        waiting=_part(verdict.hold.get(Hold.CATCH_UP, []), amounts),
        braked=_part(verdict.hold.get(Hold.BRAKE, []), amounts),
        dropped=_part(verdict.skip, amounts),
    )


def _part(places: Sequence[int], amounts: Sequence[Decimal]) -> Part | None:
    return Part(count=len(places), amount=sum((amounts[place] for place in places), ZERO)) if places else None
