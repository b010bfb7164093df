"""What a subscription's page says first: what is owed, what is late, what comes next, and whether it is paused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import NOTHING, above, alarming, day, link, money, person, status_label
from billing.admin.screens.documents import Fact, Notice
from billing.fields import MoneyField
from billing.money import ZERO
from invoices.admin.payables.plan_window import PlanWindow
from subscriptions.admin.plan_words import period_words
from subscriptions.admin.subscriptions import rule_shown
from subscriptions.models import Installment, Subscription

Status = Installment.Status


@dataclass(frozen=True, kw_only=True)
class Sums:
    """
    Of all installments; `owed` is what was asked for, `next_due` the next day that has not passed.

    `missed_count` are those nobody was asked for although their day has passed, or that wait for a person.
    """

    paid: Decimal
    owed: Decimal
    overdue: Decimal
    overdue_count: int
    missed_count: int
    next_due: date | None


def sums_of(plan: Subscription, *, today: date) -> Sums:
    asked, left = Q(status=Status.INVOICED), F("amount") - F("amount_paid")
    late = asked & Q(due_date__lt=today)
    coming = Q(status__in=[Status.SCHEDULED, Status.INVOICED], due_date__gte=today)
    found: dict[str, Any] = plan.installments.filter(merchant_id=plan.merchant_id).aggregate(
        paid=Sum("amount_paid"),
        owed=Sum(left, filter=asked, output_field=MoneyField()),
        overdue=Sum(left, filter=late, output_field=MoneyField()),
        overdue_count=Count("pk", filter=late),
        missed_count=Count("pk", filter=Q(status=Status.SCHEDULED) & (Q(due_date__lt=today) | ~Q(hold=""))),
        next_due=Min("due_date", filter=coming),
    )
    return Sums(
        paid=found["paid"] or ZERO,
        owed=found["owed"] or ZERO,
        overdue=found["overdue"] or ZERO,
        overdue_count=found["overdue_count"],
        missed_count=found["missed_count"],
        next_due=found["next_due"],
    )


def plan_facts(plan: Subscription, window: PlanWindow, sums: Sums) -> list[Fact]:
    title, amount = _terms(plan)
    return [
        Fact(title=title, value=money(amount, plan.currency), is_loud=True),
        Fact(title=_("Status"), value=status_label(plan)),
        Fact(title=_("Customer"), value=link(plan.customer, person(plan.customer_name, plan.customer_phone))),
        Fact(title=_("Asked for, not paid"), value=money(sums.owed, plan.currency)),
        *_overdue(sums, plan.currency),
        Fact(title=_("Paid so far"), value=money(sums.paid, plan.currency)),
        Fact(title=_("Next due"), value=_next_due(plan, sums, window)),
    ]


def paused_notices(plan: Subscription) -> list[Notice]:
    if plan.status != Subscription.Status.PAUSED:
        return []
    told = gettext("Paused since {day}: nothing new is asked for until it is resumed. What was asked for stays owed.")
    return [Notice(text=format_html(told, day=day(timezone.localdate(plan.paused_at) if plan.paused_at else None)))]


def _overdue(sums: Sums, currency: str) -> list[Fact]:
    if not sums.overdue_count:
        return []
    count = ngettext("%(n)s installment", "%(n)s installments", sums.overdue_count) % {"n": sums.overdue_count}
    return [Fact(title=_("Overdue"), value=above(alarming(money(sums.overdue, currency)), count))]


def _next_due(plan: Subscription, sums: Sums, window: PlanWindow) -> SafeString | str:
    """While it is paused no day is sure; where nothing is to come, the late one is what is due."""
    if plan.status == Subscription.Status.PAUSED:
        return NOTHING
    if sums.next_due is not None:
        return above(day(sums.next_due), _amount_on(sums.next_due, window.installments, plan.currency))
    if window.next_one is None:
        return NOTHING
    late = window.next_one
    return above(day(late.due_date, is_late=True), money(late.amount_due, plan.currency))


def _amount_on(due_date: date, installments: Sequence[Installment], currency: str) -> SafeString:
    """Of the first on that day that is still owed; not said where many late ones stand before it."""
    owed = [each.amount_due for each in installments if each.due_date == due_date and each.amount_due > 0]
    return money(owed[0], currency) if owed else SafeString("")


def _terms(plan: Subscription) -> tuple[Promise | str, Decimal | None]:
    rule = rule_shown(plan)
    if plan.type == Subscription.Type.OPEN_ENDED and rule is not None:
        return period_words(rule), rule.amount
    return _("Total"), plan.total_amount
