"""The charts whose bars lie: the ages of what is owed, and the ways money came in. Each bar leads to its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.admin.cells import money
from billing.models import Channel
from billing.money import ZERO
from invoices.admin.home.behind_bars import ListsBehind
from invoices.admin.home.figures import Name
from invoices.admin.home.month_bars import share
from invoices.models import MonthFigure, Payment
from invoices.services.figures.months import Owed, months_until
from invoices.services.figures.open_rows import AGES
from invoices.services.figures.reading import Figures

_LENGTH: Final = 100
_OWED_BY_BILLS: Final = (Name.OVERDUE_BILLS, Name.BILLS_OF_WEEK)
_OWED_BY_PLANS: Final = (Name.OVERDUE_INSTALLMENTS, Name.INSTALLMENTS_OF_WEEK)


@dataclass(frozen=True, kw_only=True)
class BarLink:
    text: str | Promise
    url: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """
    Its length out of a hundred, its amount ready to print.

    :param links: where its rows are: one list, or that of bills and that of installments
    """

    title: str | Promise
    amount: SafeString
    length: int
    links: Sequence[BarLink]


def age_bars(figures: Figures, *, behind: ListsBehind) -> list[Bar]:
    amounts = [figures.sums(age).get(behind.currency, ZERO) for age in AGES]
    has_bills, has_plans = _what_is_owed_for(figures)
    return [
        Bar(
            title=age.label,
            amount=money(amount, behind.currency),
            length=share(amount, max(amounts), _LENGTH),
            links=[
                *([BarLink(text=_("Bills"), url=behind.bills_of_age(age))] if has_bills else []),
                *([BarLink(text=_("Installments"), url=behind.installments_of_age(age))] if has_plans else []),
            ],
        )
        for age, amount in zip(AGES, amounts, strict=True)
    ]


def _what_is_owed_for(figures: Figures) -> tuple[bool, bool]:
    """Whether there are bills, and installments; both where neither shows, so that no row is out of reach."""
    billed = {each.method for each in figures.months if each.kind == MonthFigure.Kind.BILLED}
    has_bills = Owed.BILL in billed or any(figures.count(name) for name in _OWED_BY_BILLS)
    has_plans = Owed.INSTALLMENT in billed or any(figures.count(name) for name in _OWED_BY_PLANS)
    return has_bills or not has_plans, has_plans or not has_bills


def way_bars(figures: Figures, *, behind: ListsBehind) -> list[Bar]:
    """What came in, by the method, and through the link by the channel that carried it; the largest first."""
    amounts: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for each in figures.months:
        if each.currency == behind.currency and each.kind == MonthFigure.Kind.COLLECTED:
            amounts[each.method, each.channel] += each.amount
    most, since = max(amounts.values(), default=ZERO), months_until(behind.today)[0]
    return [
        Bar(
            title=_way(Payment.Method(method), channel),
            amount=money(amount, behind.currency),
            length=share(amount, most, _LENGTH),
            links=[BarLink(text="", url=behind.payments_by_way(method=method, channel=channel, since=since))],
        )
        for (method, channel), amount in sorted(amounts.items(), key=lambda item: -item[1])
    ]


def _way(method: Payment.Method, channel: str) -> str:
    if not channel:
        return str(method.label)
    return _("%(method)s by %(channel)s") % {"method": method.label, "channel": Channel(channel).label}
