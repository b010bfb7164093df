"""The part of a plan's schedule that its page shows: what was last, what is next, and what follows by its rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.admin.cells import NOTHING, day, label, money
from billing.admin.screens.documents import Section
from invoices.admin.sections import installments_section, list_url
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import Due, expected_dues
from subscriptions.services.rules import rules_of

AHEAD: Final = 12
_BEHIND: Final = 6


@dataclass(frozen=True, kw_only=True)
class PlanWindow:
    """
    :ivar next_one: the first that is still owed, or to come
    :ivar planned: of an open-ended plan: what has no row yet, up to the twelfth payment ahead
    """

    installments: Sequence[Installment]
    next_one: Installment | None
    planned: Sequence[Due]
    has_more: bool


def window_of(plan: Subscription) -> PlanWindow:
    rows = plan.installments.filter(merchant_id=plan.merchant_id).order_by("sequence")  # the index begins with it
    ahead = list(rows.filter(sequence__gte=rows.unsettled().values("sequence")[:1])[:AHEAD])
    here = ahead[0].sequence if ahead else plan.last_sequence + 1
    behind = list(rows.filter(sequence__lt=here).order_by("-sequence")[: _BEHIND + 1])
    shown = [*reversed(behind[:_BEHIND]), *ahead]
    return PlanWindow(
        installments=shown,
        next_one=ahead[0] if ahead else None,
        planned=list(islice(_by_rule(plan), AHEAD - len(ahead))),
        has_more=len(behind) > _BEHIND or bool(shown and shown[-1].sequence < plan.last_sequence),
    )


def window_shown(plan: Subscription) -> PlanWindow:
    """Read once for a page, whose tables and buttons are made of it."""
    window: PlanWindow | None = plan.__dict__.get("window_shown")
    if window is None:
        window = plan.__dict__["window_shown"] = window_of(plan)
    return window


def _by_rule(plan: Subscription) -> Iterator[Due]:
    if plan.type != Subscription.Type.OPEN_ENDED or plan.status != Subscription.Status.ACTIVE:
        return iter(())
    rules = rules_of(plan, plan.terms.all())
    return expected_dues(rules, ends_after=plan.ends_after, ends_on=plan.ends_on, after_sequence=plan.last_sequence)


def window_section(plan: Subscription, window: PlanWindow) -> Section:
    more_url = list_url("subscriptions_installment", subscription=plan.pk) if window.has_more else ""
    section = installments_section(window.installments, currency=plan.currency, more_url=more_url)
    return replace(section, rows=[*section.rows, *(_planned(due, plan.currency) for due in window.planned)])


def _planned(due: Due, currency: str) -> tuple[object, ...]:
    return (due.sequence, day(due.due_date), label(_("Planned")), money(due.amount, currency), NOTHING)
