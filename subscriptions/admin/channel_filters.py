"""Subscriptions, and their installments, by what their next invoice goes by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from billing.admin.lists.channel_filter import MOST_NAMED, GoesByFilter, customers_choosing, merchants_using
from billing.admin.roles import rows_of
from subscriptions.admin.plan_actions import RUNNING
from subscriptions.models import Subscription


class PlanGoesByFilter(GoesByFilter):
    still_invoiced = RUNNING


class InstallmentGoesByFilter(GoesByFilter):
    """Of every status: a list by day, cut to two statuses, would have to be read up to the first that is not paid."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        channel = self.value()
        if channel is None:
            return queryset
        theirs, others = customers_choosing(request, channel)
        plans = rows_of(request, Subscription.objects.order_by())
        by_choice = _by_id(plans.filter(Q(channel=channel) | Q(channel="", customer__in=theirs)))
        otherwise = _by_id(plans.filter(~Q(channel__in=["", channel]) | Q(channel="", customer__in=others)))
        as_usual = Q(merchant__in=merchants_using(request, channel)) & ~Q(subscription__in=otherwise)
        return queryset.filter(Q(subscription__in=by_choice) | as_usual)


def _by_id(plans: QuerySet[Subscription]) -> Iterable[Any]:
    ids = list(plans.values_list("pk", flat=True)[: MOST_NAMED + 1])
    return ids if len(ids) <= MOST_NAMED else plans.values("pk")
