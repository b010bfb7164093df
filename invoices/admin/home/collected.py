"""What came in today, by method."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import money
from billing.models import Merchant
from billing.money import ZERO
from invoices.admin.home.figures import Figure, sums_text, url_of
from invoices.models import Payment
from invoices.services.figures.collected_today import CollectedFact, count_collected_today


def collected_today(*, merchants: Sequence[Merchant], chosen: Merchant | None, now: datetime) -> Figure:
    facts = count_collected_today(merchants=merchants, now=now)
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for fact in facts:
        sums[fact.currency] += fact.amount
    return Figure(
        title=_("Collected today"),
        count=sum(fact.count for fact in facts),
        sums=sums_text(sums),
        parts=[_part(fact) for fact in facts],
        url=url_of("invoices_payment", {"when": "today"}, chosen),
    )


def _part(fact: CollectedFact) -> SafeString:
    title = Payment.Method(fact.method).label
    return format_html("{} <bdi>({})</bdi> {}", title, f"{fact.count:,}", money(fact.amount, fact.currency))
