"""What becomes of the payments that a plan has missed: said on its page, from its own rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.html import format_html
from django.utils.translation import gettext as _

from billing.admin.screens.documents import Notice
from billing.money import ZERO
from invoices.admin.review_filter import ANY
from invoices.admin.sections import list_url
from subscriptions.admin.outlook_words import outlook_words, waiting_words
from subscriptions.missed import Part, outlook_of
from subscriptions.models import Installment, Subscription


def missed_notices(plan: Subscription, *, now: datetime) -> list[Notice]:
    """What waits already; else what the next pass will do."""
    if plan.status != Subscription.Status.ACTIVE:
        return []
    today = plan.merchant.local_date(now)
    until = today + timedelta(days=plan.merchant.issue_days_ahead)
    rows = plan.installments.filter(merchant=plan.merchant_id, status=Installment.Status.SCHEDULED, due_date__lte=until)
    due = list(rows.order_by("due_date", "id").values_list("due_date", "amount", "hold"))
    if held := [amount for _day, amount, hold in due if hold]:
        return [_held_notice(plan, held)]
    if not any(day < today for day, _amount, _hold in due):
        return []
    outlook = outlook_of(
        [(day, amount) for day, amount, _hold in due],
        merchant=plan.merchant,
        has_an_end=plan.type != Subscription.Type.OPEN_ENDED,
        is_by_itself=plan.auto_generate_invoices,
        today=today,
        issued_today=plan.installments.filter(invoiced_at__gte=plan.merchant.day_began(now)).count(),
    )
    return [Notice(text=" ".join(outlook_words(outlook, plan.currency)))] if outlook else []


def _held_notice(plan: Subscription, amounts: Sequence[Decimal]) -> Notice:
    told = waiting_words(Part(count=len(amounts), amount=sum(amounts, ZERO)), plan.currency)
    url = list_url("subscriptions_installment", held=ANY, subscription=plan.pk)
    return Notice(text=format_html('{} <a class="office-link" href="{}">{}</a>', told, url, _("Look at them")))
