"""What pausing or resuming many plans comes to, counted before it is confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import money_text
from billing.models import Merchant
from subscriptions.models import Installment, Subscription

Status = Subscription.Status
_DAYS_AHEAD: Final = 30


def effect_of_pausing(plans: QuerySet[Subscription], *, today: date) -> list[str]:
    """What would have been asked for; a sentence for each currency."""
    until = today + timedelta(days=_DAYS_AHEAD)
    found = list(_scheduled(plans.filter(status=Status.ACTIVE), due_date__gte=today, due_date__lte=until))
    sentences = [
        ngettext(
            "%(count)s payment, %(sum)s, falls due in the next 30 days and is not asked for.",
            "%(count)s payments, %(sum)s, fall due in the next 30 days and are not asked for.",
            count,
        )
        % {"count": f"{count:,}", "sum": money_text(amount, currency)}
        for currency, count, amount in found
    ]
    return sentences or [_("No payment of theirs falls due in the next 30 days.")]


def effect_of_resuming(plans: QuerySet[Subscription], *, today: date) -> list[str]:
    """What is caught up, and how; a sentence for each currency."""
    paused = plans.filter(status=Status.PAUSED)
    found = list(_scheduled(paused, due_date__lt=today))
    sentences = [
        ngettext(
            "%(count)s payment, %(sum)s, has passed and is caught up.",
            "%(count)s payments, %(sum)s, have passed and are caught up.",
            count,
        )
        % {"count": f"{count:,}", "sum": money_text(amount, currency)}
        for currency, count, amount in found
    ]
    if not sentences:
        return [_("No payment of theirs has passed: nothing is caught up.")]
    merchants = Merchant.objects.filter(pk__in=paused.order_by().values("merchant_id"))
    return [*sentences, *map(_catching_up, merchants)]


def _scheduled(plans: QuerySet[Subscription], **due: Any) -> Iterable[tuple[str, int, Any]]:
    # Named by their merchant as well, which all indexes of installments begin with.
    rows = Installment.objects.filter(
        Q(merchant_id=F("subscription__merchant_id"), subscription__in=plans.order_by().values("pk")),
        subscription__auto_generate_invoices=True,
        status=Installment.Status.SCHEDULED,
        hold="",
        **due,
    )
    summed = rows.order_by().values("subscription__currency").annotate(count=Count("pk"), sum=Sum("amount"))
    return summed.order_by("subscription__currency").values_list("subscription__currency", "count", "sum")


def _catching_up(merchant: Merchant) -> str:
    shown = {"most": merchant.catch_up_after, "way": merchant.get_catch_up_display()}
    return _("Of a plan that has missed more than %(most)s, as your settings say: %(way)s.") % shown
